import Foundation
import Provenance

/// Interactive recording of a consent on a terminal.
package struct ConsentPrompt {
    /// Asks a question and returns the answer; `nil` at the end of input.
    let answer: (String) -> String?
    let recorder: String

    /// `nil` if standard input is not a terminal.
    init?(console: Console, recorder: String = ConsentPolicy.recorder) {
        guard !console.json, isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else { return nil }
        self.init(recorder: recorder) { question in
            console.ask(question)
            return readLine()
        }
    }

    init(recorder: String, answer: @escaping (String) -> String?) {
        (self.recorder, self.answer) = (recorder, answer)
    }

    private static let relations: [(relation: Consent.Relation, words: String)] = [
        (.own, "it is my own face"),
        (.signedRelease, "the person has signed a release"),
        (.licensedPerformer, "the footage comes with a licence that allows this"),
        (.publicDomain, "the footage is in the public domain"),
        (.synthetic, "the face is synthetic (rendered or generated)"),
    ]

    /// - Returns: the consent, or `nil` if the user gave none.
    func ask(set: String, use: Consent.Use) throws -> Consent? {
        let what = use == .source ? "is put into the video" : "is replaced in the video"
        guard
            let person = answer(
                "Whose face \(what) (face set '\(set)')? Name or pseudonym, empty to stop:"),
            !person.trimmingCharacters(in: .whitespaces).isEmpty
        else { return nil }
        let list = Self.relations.enumerated().map { "  \($0.offset + 1)  \($0.element.words)" }
        guard
            let chosen = answer("What allows its use?\n\(list.joined(separator: "\n"))\nNumber:").flatMap({
                Int($0.trimmingCharacters(in: .whitespaces))
            }), Self.relations.indices.contains(chosen - 1)
        else { return nil }
        let relation = Self.relations[chosen - 1].relation
        var document: Consent.Document?
        if relation.needsDocument {
            guard let path = answer("File of the release or licence (only its name and SHA-256 are kept):"),
                !path.isEmpty
            else { return nil }
            document = try Consent.Document(URL(filePath: path.trimmingCharacters(in: .whitespaces)))
        }
        let asksPerson = relation != .synthetic && relation != .publicDomain
        let question = asksPerson ? "Does \(person) agree to this use?" : "Is that so for all of the footage?"
        guard answer("\(question) (yes/no)")?.lowercased().hasPrefix("y") == true else { return nil }
        return try Consent(
            person: person, relation: relation, uses: [use], document: document, recorder: recorder)
    }
}
