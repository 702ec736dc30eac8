import Foundation
import Media
import Pictures
import Testing

/// `dimorph faces` on a small set, as a person or a program would use it. Needs what the setup makes.
@Suite("Faces", .enabled(if: Program.isSetUp, "Scripts/setup has not made the engine and the weights"))
struct FacesTests {
    /// A workspace with a set `c` of eight pictures of one person.
    private func workspace(_ scratch: Scratch) throws -> String {
        let folder = scratch.url.appending(path: "pictures")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let reader = try VideoReader(URL(filePath: Program.sample("target-c.mp4")))
        while let frame = try reader.next(), frame.index < 160 {
            guard frame.index % 20 == 0 else { continue }
            try PictureFile.write(frame.picture(), to: folder.appending(path: "\(1000 + frame.index).png"))
        }
        let path = scratch.path("w")
        let outcome = try Program.run("extract", folder.path, "--set", "c", "--workspace", path)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return path
    }

    private func lines(_ outcome: Program.Outcome) throws -> [[String: Any]] {
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try outcome.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    private func faces(_ words: [String], _ workspace: String) throws -> Program.Outcome {
        try Program.start(["faces"] + words + ["--workspace", workspace]).finish()
    }

    /// A consent stays with the faces that it was given for, whatever their set is called; ends with the set `c` whole again.
    private func joining(_ workspace: String, _ crops: [String]) throws {
        func consent(_ person: String, _ set: String) throws -> Program.Outcome {
            try Program.run(
                "consent", "add", "--person", person, "--relation", "synthetic", "--set", set, "--workspace",
                workspace)
        }
        #expect(try consent("Carl", "c").status == 0)
        let split = try faces(["split", "c", "--face", crops[0], "--into", "part"], workspace)
        #expect(split.status == 0 && split.errors.contains("its person is not recorded"))
        // Under another name the set shows the same person.
        #expect(try faces(["merge", "part", "c", "--into", "whole"], workspace).status == 0)
        let other = try consent("Dora", "whole")
        #expect(other.status == 3 && other.errors.contains("shows Carl"))

        #expect(try faces(["split", "whole", "--face", crops[0], "--into", "part"], workspace).status == 0)
        #expect(try consent("Dora", "part").status == 0)
        let refused = try faces(["merge", "whole", "part"], workspace)
        #expect(refused.status == 3 && refused.errors.contains("one's consent does not cover the other"))
        let list = try Program.run("info", "--workspace", workspace)
        #expect(list.output.contains("part") && list.output.contains("whole"), "nothing was merged")
        // Dora's name can be taken by Carl's faces no more than her set can.
        let renamed = try faces(["split", "whole", "--face", crops[1], "--into", "rest"], workspace)
        #expect(renamed.status == 0)
        #expect(try faces(["merge", "rest", "whole", "--into", "c"], workspace).status == 0)
        #expect(try faces(["merge", "c", "part", "--into", "c"], workspace).status == 3)
    }

    @Test("lists, sorts, rejects, chooses, restores and tells what a set covers")
    func session() throws {
        let scratch = try Scratch()
        let workspace = try workspace(scratch)
        func faces(_ words: String...) throws -> Program.Outcome { try self.faces(words, workspace) }
        let listed = try lines(faces("list", "c", "--sort", "sharpness", "--json"))
        let sharpness = listed.compactMap { $0["sharpness"] as? Double }
        #expect(sharpness.count == 8 && sharpness == sharpness.sorted(by: >))
        #expect(listed.allSatisfy { ($0["crop"] as? String)?.hasPrefix("1-pictures/") == true })
        let table = try faces("list", "c", "--limit", "3")
        #expect(table.output.contains("sharpness") && table.output.contains("3 of 8 faces"))

        let blunt = String(format: "sharpness < %.4f", (sharpness[5] + sharpness[6]) / 2)
        let dry = try lines(faces("reject", "c", blunt, "--dry-run", "--json")).last
        #expect((dry?["values"] as? [String: Double])?["rejected"] == 2)
        #expect(try lines(faces("list", "c", "--json")).count == 8)
        let rejected = try faces("reject", "c", blunt)
        #expect(rejected.output.contains("2 of 8 faces excluded, 6 kept"))
        let out = try lines(faces("list", "c", "--rejected", "--json"))
        #expect(out.count == 2 && out.allSatisfy { $0["remark"] as? String == blunt })

        let best = try lines(faces("best", "c", "--count", "3", "--no-pack", "--json")).last
        #expect((best?["values"] as? [String: Double])?["kept"] == 3)
        let info = try Program.run("info", "--workspace", workspace)
        #expect(info.output.contains("3 faces of 8 seen") && info.output.contains("unfinished"))
        #expect(try faces("pack", "c").output.contains("3 faces packed"))
        #expect(try faces("restore", "c", "--all").output.contains("5 faces restored, 8 included"))

        let sheet = try lines(faces("sort", "c", "--by", "yaw", "--json")).last
        let file = try #require((sheet?["files"] as? [String: String])?["sheet"])
        #expect(try PictureFile.read(URL(filePath: file)).width > 800)
        let cover = try #require(
            try lines(faces("cover", "c", "--output", scratch.path("m.png"), "--json")).last)
        #expect((cover["source"] as? [String: Any])?["faces"] as? Int == 8)
        #expect(try PictureFile.read(scratch.url.appending(path: "m.png")).width > 800)
        #expect(try faces("cover", "c", "c").output.contains("no significant gaps"))

        try joining(workspace, listed.compactMap { $0["crop"] as? String })

        let unknown = try faces("list", "d")
        #expect(unknown.status == 3 && unknown.errors.contains("existing sets: c"))
        let number = try faces("reject", "c", "--faces", "99")
        #expect(number.status == 3 && number.errors.contains("has no face 99"))
        let rule = try faces("list", "c", "--where", "yaw ! 3")
        #expect(rule.status == 3 && rule.errors.contains("rule 'yaw ! 3'"))
    }
}
