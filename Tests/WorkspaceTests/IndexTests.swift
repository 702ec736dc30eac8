import Faces
import Foundation
import Testing
import Workspace

@Suite("Index")
struct IndexTests {
    @Test("faces come back as they went in")
    func roundTrip() throws {
        let scratch = try Scratch()
        var (workspace, clip, state) = try furnished(scratch.url)
        let clipID = try #require(clip.id)
        var face = record(3, clip: clipID, frame: 12, track: 4)
        face.steady = FaceAlignment(toUnit: SimilarityTransform(a: 0.5, b: 0.25, tx: 1, ty: 2))
        face.quality = FaceQuality(
            sharpness: 12.5, motionBlur: 0.25, exposure: 0.5, clipped: 0.125, occlusion: 0.0625,
            hash: (0..<32).map { UInt8($0 * 7) })
        face.likeness = 0.75
        face.remark = "sharpness < 20"
        face.maskFile = "masks/a.png"
        face.cropFile = "a/000012.png"
        let bare = record(5, clip: clipID, frame: 13, track: 4)
        state.nextFrame = 14
        try workspace.index.commit([face, bare], state)

        let reopened = try Workspace.open(scratch.url, create: false)
        var read = try reopened.index.faces(set: "a", clip: clipID)
        #expect(read.map(\.id) == [1, 2])
        read[0].id = nil
        read[1].id = nil
        #expect(read == [face, bare])
        #expect(try reopened.index.extraction(set: "a", clip: clipID).nextFrame == 14)
    }

    @Test("a commit is whole or not at all")
    func atomic() throws {
        let scratch = try Scratch()
        var (workspace, clip, state) = try furnished(scratch.url)
        let clipID = try #require(clip.id)
        state.nextFrame = 2
        try workspace.index.commit(
            [record(0, clip: clipID, frame: 0), record(1, clip: clipID, frame: 1)], state)
        // Frame 1 a second time: the whole commit is refused, the new frame and the state with it.
        state.nextFrame = 3
        #expect(throws: (any Error).self) {
            try workspace.index.commit(
                [record(2, clip: clipID, frame: 2), record(1, clip: clipID, frame: 1)], state)
        }
        #expect(try workspace.index.faces(set: "a", clip: clipID).map(\.frame) == [0, 1])
        #expect(try workspace.index.extraction(set: "a", clip: clipID).nextFrame == 2)
    }

    @Test("verdicts take faces out of the crops and are counted")
    func verdicts() throws {
        let scratch = try Scratch()
        let (workspace, clip, state) = try furnished(scratch.url)
        let clipID = try #require(clip.id)
        var faces = (0..<4).map { record($0, clip: clipID, frame: $0) }
        for index in faces.indices { faces[index].cropFile = "\(index).png" }
        try workspace.index.commit(faces, state)
        var set = try #require(try workspace.index.set("a"))
        set.identity = Embedding(values: [Float](repeating: 1, count: 128))
        try workspace.index.judge([1: .otherPerson, 2: nil, 3: .tooSmall], set: set)
        let count = try workspace.index.count(ofSet: "a")
        #expect(count.seen == 4 && count.kept == 2 && count.rejected == ["otherPerson": 1, "tooSmall": 1])
        var frames: [Int] = []
        try workspace.index.forEachCrop(ofSet: "a") { frames.append($0.frame) }
        #expect(frames == [1, 3])
        #expect(try workspace.index.set("a")?.identity == set.identity)
        #expect(try workspace.index.faces(set: "a", clip: clipID, kept: false).count == 4)
    }

    @Test("detections tell track, width and embedding")
    func detections() throws {
        let scratch = try Scratch()
        let (workspace, clip, state) = try furnished(scratch.url)
        let clipID = try #require(clip.id)
        let face = record(9, clip: clipID, frame: 5, track: 2)
        try workspace.index.commit([face], state)
        let detection = try #require(try workspace.index.detections(ofSet: "a").first)
        #expect(detection.track == 2 && detection.frame == 5)
        #expect(detection.embedding == face.face.embedding)
        #expect(abs(detection.faceWidth - face.face.alignment.faceWidth) < 1e-9)
    }

    @Test("a clip is known by its bytes, wherever it lies")
    func clips() throws {
        let scratch = try Scratch()
        let (workspace, clip, _) = try furnished(scratch.url)
        var moved = clip
        moved.id = nil
        moved.path = "/elsewhere/b.mp4"
        let entered = try workspace.index.enter(moved)
        #expect(entered.id == clip.id)
        #expect(try workspace.index.clips(ofSet: "a").map(\.path) == ["/elsewhere/b.mp4"])
        #expect(throws: Never.self) { try workspace.index.checkClips([entered], ofSet: "a", workspace: "w") }
        var other = clip
        other.fingerprint = Fingerprint(size: 6, hash: "abc")
        let error = try #require(throws: WorkspaceError.self) {
            try workspace.index.checkClips([other], ofSet: "a", workspace: "w")
        }
        #expect(error.code == .mismatch && error.isBadInput && error.message.contains("b.mp4"))
    }
}
