import Commands
import Foundation
import Provenance

/// Content Credentials as a layer of `dimorph verify`.
struct CredentialsLayer {
    private let reader: Result<CredentialsReader, any Error>

    /// - Parameter anchors: root certificates, PEM, beside this installation's own.
    init(anchors: [URL]) throws {
        var roots = [Installation.signing.root].compactMap { $0 }
        for file in anchors {
            do { roots.append(try String(contentsOf: file, encoding: .utf8)) } catch {
                throw InputError("\(file.path) cannot be read; check --anchor")
            }
        }
        reader = Result {
            CredentialsReader(
                library: try CredentialsLibrary(at: Installation.contentCredentials), anchors: roots)
        }
    }

    struct Look {
        let layer: FileVerdict.Layer
        var isTampered = false
    }

    func look(at file: URL) -> Look {
        guard CredentialsReader.reads(file) else {
            return Look(
                layer: .init(
                    layer: "credentials", found: false,
                    words: "a file of this kind (.\(file.pathExtension)) cannot carry any"
                ))
        }
        do {
            guard let finding = try reader.get().read(file) else {
                return Look(
                    layer: .init(
                        layer: "credentials", found: false,
                        words: "none; copying through other programs removes them, so this says little"))
            }
            return look(at: finding)
        } catch {
            return Look(layer: .init(layer: "credentials", found: nil, words: "\(error)"))
        }
    }

    private func look(at finding: CredentialsFinding) -> Look {
        let saysSynthetic = finding.sourceTypes.contains(where: OutputMetadata.declaresSynthetic)
        let signer = finding.signer.isEmpty ? "an unnamed signer" : finding.signer
        let who: String
        switch finding.state {
        case .trusted: who = "valid, signed by \(signer), who is trusted here"
        case .valid: who = "valid, signed by \(signer), who is unknown here: anybody can sign under any name"
        case .invalid:
            who = "INVALID: changed after \(signer) signed it (\(finding.failures.joined(separator: ", ")))"
        }
        let what = saysSynthetic ? "says synthetic" : "says nothing of synthetic media"
        let made = finding.generator.isEmpty ? "" : "; made by \(finding.generator)"
        var values: [String: JSONValue] = [
            "state": .string(finding.state.rawValue), "signer": .string(finding.signer),
            "generator": .string(finding.generator), "failures": .array(finding.failures.map { .string($0) }),
            "ingredients": .array(finding.ingredients.map { .string($0) }),
            "consents": .number(Double(finding.consents)), "synthetic": .bool(saysSynthetic),
        ]
        if !finding.corrections.isEmpty {
            values["corrections"] = .array(finding.corrections.map { .string($0) })
        }
        if let marks = finding.marks { values["marks"] = try? JSONValue(encoding: marks) }
        return Look(
            layer: .init(
                layer: "credentials", found: finding.state == .invalid ? nil : saysSynthetic,
                words:
                    "\(who); \(what)\(made)\(Self.label(finding.marks))\(Self.corrected(finding.corrections))",
                values: values),
            isTampered: finding.state == .invalid)
    }

    /// That it was corrected whom a face set shows, to be put behind a sentence.
    static func corrected(_ reasons: [String]) -> String {
        reasons.isEmpty
            ? "" : "; the person of a face set was corrected: \(reasons.joined(separator: "; "))"
    }

    private static func label(_ marks: Marks?) -> String {
        guard case .leftOff(let reason)? = marks?.label else { return "" }
        return "; the visible tag was left off: \(reason)"
    }
}
