import Foundation
import Pictures
import Provenance

/// Writes previews of a training with the watermark and the label, and signs them. Previews are no outputs: the ledger does not
/// list them.
package final class PreviewPublisher {
    private let signer: OutputSigner
    private let console: Console
    private var saidUnsigned = false

    package init(signer: OutputSigner, console: Console) { (self.signer, self.console) = (signer, console) }

    func publish(_ picture: Picture, to file: URL, _ facts: OutputFacts) throws {
        let staged = try StagedOutput(file)
        // A number of the picture's own: the same training draws the same previews.
        let id = UInt32(Digest.sha256(Data(picture.pixels)).prefix(8), radix: 16) ?? 0
        let watermark = WatermarkEmbedder(id: id, width: picture.width, height: picture.height)
        let marked = watermark.map { picture.changingLuma($0.mark) } ?? picture
        var facts = facts
        facts.marks.watermark = watermark?.id
        do {
            try SyntheticLabel.laid(on: marked).writePNG(to: staged.file)
            if case .unsigned(let reason) = signer.sign(staged.file, named: file, facts), !saidUnsigned {
                saidUnsigned = true
                console.say("note: previews are unsigned: \(reason)")
            }
            try staged.commit()
        } catch {
            unlink(staged.file.path)
            staged.discard()
            throw error
        }
    }
}
