import ArgumentParser

struct ConsentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consent",
        abstract: "Records who allows the use of a face, and tells what is recorded.",
        discussion: """
            Training and converting need a consent for each person shown. A consent belongs to a person and is bound to the \
            face sets that show them. Records lie in the workspace (consents.jsonl); each carries the hash of the one \
            before, so that a later change shows. A record is what you say; it proves nothing by itself: keep the documents.

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
