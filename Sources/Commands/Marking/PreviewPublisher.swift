import Files
import Foundation
import Pictures
import Provenance

/// Writes previews of a training with watermark and label, and signs them. Previews are not outputs: the
/// ledger does not list them.
package final class PreviewPublisher {
    private let signer: OutputSigner
    private let console: Console
    private var saidUnsigned = false

    package init(signer: OutputSigner, console: Console) { (self.signer, self.console) = (signer, console) }

    func publish(_ picture: Picture, to file: URL, _ facts: OutputDescription) throws {
        // A number of the picture's own: the same training draws the same previews.
        let id = UInt32(Digest.sha256(Data(picture.pixels)).prefix(8), radix: 16) ?? 0
        let watermark = WatermarkEmbedder(id: id, width: picture.width, height: picture.height)
        let marked = watermark.map { picture.changingLuma($0.mark) } ?? picture
        var facts = facts
        facts.marks.watermark = watermark?.id
        let transaction = try OutputTransaction(file)
        defer { transaction.leave() }
        try transaction.begin(nil)
        try SyntheticLabel.labelled(marked).writePNG(to: transaction.made)
        try transaction.finish(.made, true, file: transaction.made)
        let state = try signer.sign(transaction.made, to: transaction.signed, named: file, facts)
        if case .unsigned(let reason) = state {
            if !saidUnsigned { console.say("note: previews are unsigned: \(reason)") }
            saidUnsigned = true
        } else {
            try transaction.finish(.signed, true, file: transaction.signed)
        }
        try transaction.publish()
        transaction.close()
    }
}
