import ArgumentParser

struct ConsentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consent",
        abstract: "Records, lists and checks consents to the use of a face.",
        discussion: """
            Training and conversion require a consent of each person shown. A consent belongs to a person and is bound to \
            the face sets that show this person. Records are stored in the workspace (consents.jsonl); each contains the \
            hash of the previous record, so that later changes are detected. A record is your own statement and proves \
            nothing by itself: keep the documents.

            EXAMPLES
              dimorph consent add --person Anna --relation self --set anna --workspace project
              dimorph consent add --person Ben --relation signed-release --document release.pdf \\
                  --expires 2027-12-31 --scope "short film X" --set ben --workspace project
              dimorph consent revoke 3f09a1c2 --reason "withdrawn by mail" --workspace project
            """,
        subcommands: [
            ConsentAddCommand.self, ConsentListCommand.self, ConsentShowCommand.self,
            ConsentRevokeCommand.self, ConsentCorrectCommand.self, ConsentCheckCommand.self,
        ])
}
