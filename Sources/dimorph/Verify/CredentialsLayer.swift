import Commands
import Foundation
import Provenance

/// Content Credentials as a layer of `dimorph verify`.
struct CredentialsLayer {
    private let reader: Result<CredentialsReader, any Error>

    /// - Parameter anchors: root certificates (PEM) to trust in addition to that of this installation.
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
                    words: "files of this type (.\(file.pathExtension)) cannot contain any"
                ))
        }
        do {
            guard let finding = try reader.get().read(file) else {
                return Look(
                    layer: .init(
                        layer: "credentials", found: false,
                        words: "none; this proves nothing, because many programs remove them"))
            }
            return look(at: finding)
        } catch {
            return Look(layer: .init(layer: "credentials", found: nil, words: "\(error)"))
        }
    }

    private func look(at finding: CredentialsFinding) -> Look {
        let declaresSynthetic = finding.sourceTypes.contains(where: OutputMetadata.declaresSynthetic)
        let signer = finding.signer.isEmpty ? "an unnamed signer" : finding.signer
        let who: String
        switch finding.state {
        case .trusted: who = "valid, signed by \(signer), which is trusted here"
        case .valid:
            who =
                "valid, signed by \(signer), which is not trusted here: self-issued certificates can use any name"
        case .invalid:
            who =
                "INVALID: modified after it was signed by \(signer) (\(finding.failures.joined(separator: ", ")))"
        }
        let what = declaresSynthetic ? "declared as synthetic" : "no declaration of synthetic media"
        let made = finding.generator.isEmpty ? "" : "; made by \(finding.generator)"
        var values: [String: JSONValue] = [
            "state": .string(finding.state.rawValue), "signer": .string(finding.signer),
            "generator": .string(finding.generator), "failures": .array(finding.failures.map { .string($0) }),
            "ingredients": .array(finding.ingredients.map { .string($0) }),
            "consents": .number(Double(finding.consents)), "synthetic": .bool(declaresSynthetic),
        ]
        if !finding.corrections.isEmpty {
            values["corrections"] = .array(finding.corrections.map { .string($0) })
        }
        if let marks = finding.marks { values["marks"] = try? JSONValue(encoding: marks) }
        return Look(
            layer: .init(
                layer: "credentials", found: finding.state == .invalid ? nil : declaresSynthetic,
                words:
                    "\(who); \(what)\(made)\(Self.label(finding.marks))\(Self.corrected(finding.corrections))",
                values: values),
            isTampered: finding.state == .invalid)
    }

    /// Suffix about corrections of the person of a face set.
    static func corrected(_ reasons: [String]) -> String {
        reasons.isEmpty
            ? "" : "; the person of a face set was corrected: \(reasons.joined(separator: "; "))"
    }

    private static func label(_ marks: Marks?) -> String {
        guard case .leftOff(let reason)? = marks?.label else { return "" }
        return "; the visible label was omitted: \(reason)"
    }
}
