import Architectures
import Foundation
import NeuralNetworks
import Safetensors
import Tensors
import Testing
import Workspace

@testable import Training

@Suite("Augmentation")
struct AugmentationTests {
    private let folder: URL
    private let sets: [PackedSet]

    init() throws {
        try Engine.setThreads(1)
        let folder = try DrawnFaces.scratch()
        sets = try ["a", "b"].map { try DrawnFaces.set($0, in: folder) }
        self.folder = folder
    }

    private func golden() throws -> SafetensorsFile {
        try SafetensorsFile(
            mapping: try #require(
                Bundle.module.url(forResource: "Golden/augmentation", withExtension: "safetensors")))
    }

    private func close(_ a: Tensor, _ b: Tensor, _ tolerance: Double) throws -> Bool {
        try a.shape == b.shape
            && (a - b).absolute().values(as: Float.self).allSatisfy { Double($0) < tolerance }
    }

    private func faces(_ settings: AugmentationSettings, _ form: NetworkForm) throws -> [PersonFaces.Wide] {
        try sets.map {
            try PersonFaces($0, form: form, balance: 0.5, keepsMargin: settings.needsMargin, device: .cpu)
                .wide([1, 8, 13, 30], mirrored: 1)
        }
    }

    private func form(_ input: Int, _ output: Int) -> NetworkForm {
        NetworkForm(inputSide: input, outputSide: output, people: ["a", "b"], drawsMask: true)
    }

    @Test("moves and warps as PyTorch does")
    func reference() throws {
        let file = try golden()
        let (wide, side) = (try Tensor("wide", in: file), 16)
        let crop = Double(side) / 20
        let angles = try file.values("angle", as: Float.self)
        let zooms = try file.values("zoom", as: Float.self)
        let shifts = try file.values("shift", as: Float.self)
        let moves = try file.values("moves", as: Float.self).map { Double($0) }
        var maps: [Float] = []
        for face in 0..<3 {
            let shift = (x: Double(shifts[2 * face]), y: Double(shifts[2 * face + 1]))
            let motion = FaceMotion(angle: Double(angles[face]), zoom: Double(zooms[face]), shift: shift)
            maps += motion.map(crop: crop)
        }
        let grid = try affineGrid(Tensor(maps, shape: [3, 2, 3]), height: side, width: side)
        #expect(
            try close(gridSample(wide, grid: grid, outside: .nearestEdge), Tensor("moved", in: file), 1e-4))
        let warp = try FaceWarp(.deepFaceLab, side: side, device: .cpu)
        let each = (0..<3).map { Array(moves[$0 * 162..<($0 + 1) * 162]) }
        let field = try #require(try field(of: warp, each, crop: crop))
        #expect(
            try close(
                gridSample(wide, grid: grid + field, outside: .nearestEdge), Tensor("warped", in: file), 1e-4)
        )
        let blur = try OutsideBlur(side: side, deviation: 0.08, device: .cpu)
        let mask = try Tensor("mask", in: file)
        #expect(try close(blur(Tensor("warped", in: file), mask: mask), Tensor("blurred", in: file), 1e-4))
    }

    private func field(of warp: FaceWarp, _ moves: [[Double]], crop: Double) throws -> Tensor? {
        var buffer = StepBuffer()
        guard let slot = warp.displacements(moves, crop: crop, in: &buffer) else { return nil }
        return try warp.field(buffer.uploaded(to: .cpu)(slot))
    }

    /// DeepFaceLab's y map is a view of its x map: what moves a point sideways moves its mirror image in the diagonal
    /// up and down by the same amount.
    @Test("warps both axes by numbers of their own", arguments: [WarpKind.smooth, .grid, .faceswap])
    func independentAxes(kind: WarpKind) throws {
        var settings = AugmentationSettings.deepFaceLab
        settings.warpKind = kind
        let warp = try FaceWarp(settings, side: 16, device: .cpu)
        let size = warp.points * warp.points
        var numbers = RandomNumbers(seed: 4, stream: 2)
        var (same, transposed, power) = (0.0, 0.0, 0.0)
        for _ in 0..<1500 {
            let moves = warp.draw(&numbers)
            #expect(moves.count == 2 * size)
            for row in 0..<warp.points {
                for column in 0..<warp.points {
                    let x = moves[row * warp.points + column]
                    same += x * moves[size + row * warp.points + column]
                    transposed += x * moves[size + column * warp.points + row]
                    power += x * x
                }
            }
        }
        #expect(power > 0)
        #expect(abs(same / power) < 0.12 && abs(transposed / power) < 0.12)
        // And the field that comes of them: displacements along x come first, along y second.
        let sideways = [Double](repeating: 0.1, count: size) + [Double](repeating: 0, count: size)
        let field = try #require(try field(of: warp, [sideways], crop: 0.8)).values(as: Float.self)
        #expect(stride(from: 0, to: field.count, by: 2).allSatisfy { abs(field[$0] - 0.16) < 1e-5 })
        #expect(stride(from: 1, to: field.count, by: 2).allSatisfy { field[$0] == 0 })
    }

    @Test("the grid warp has 3, 5 or 9 points, holds the edge and lets no two points pass each other")
    func grid() throws {
        let warp = try FaceWarp(.deepFaceLab, side: 16, device: .cpu)
        var numbers = RandomNumbers(seed: 4, stream: 3)
        var found: [Int: (count: Int, squares: Double, values: Int)] = [:]
        for _ in 0..<600 {
            let moves = warp.draw(&numbers)
            func at(_ axis: Int, _ row: Int, _ column: Int) -> Double { moves[axis * 81 + row * 9 + column] }
            var (held, apart) = (true, true)
            for axis in 0..<2 {
                for place in 0..<9 {
                    held = held && at(axis, 0, place) == 0 && at(axis, 8, place) == 0
                    held = held && at(axis, place, 0) == 0 && at(axis, place, 8) == 0
                    for step in 1..<9 {
                        let (to, from) =
                            axis == 0
                            ? ((place, step), (place, step - 1)) : ((step, place), (step - 1, place))
                        apart = apart && at(axis, to.0, to.1) - at(axis, from.0, from.1) > -1.0 / 8
                    }
                }
            }
            #expect(held && apart)
            // A coarse grid is straight between its points.
            func straight(_ step: Int) -> Bool {
                (0..<2).allSatisfy { axis in
                    (0..<9).filter { $0 % (2 * step) == step }.allSatisfy { row in
                        abs(at(axis, row, 4) - (at(axis, row - step, 4) + at(axis, row + step, 4)) / 2)
                            < 1e-12
                    }
                }
            }
            let cells = straight(1) ? (straight(2) ? 2 : 4) : 8
            var entry = found[cells] ?? (count: 0, squares: 0, values: 0)
            let inner = stride(from: 8 / cells, to: 8, by: 8 / cells)
            for row in inner {
                for column in inner {
                    entry.squares += pow(at(0, row, column) * Double(cells), 2)
                    entry.values += 1
                }
            }
            entry.count += 1
            found[cells] = entry
        }
        for cells in [2, 4, 8] {
            let entry = try #require(found[cells])
            #expect(abs(entry.count - 200) < 50)
            // 0.24 cell, and 0.88 of it for what lies beyond two deviations and is drawn again.
            #expect(abs((entry.squares / Double(entry.values)).squareRoot() - 0.24 * 0.8796) < 0.03)
        }
    }

    @Test("moves input and truth alike, and warps the input alone", arguments: [(32, 32), (24, 24)])
    func truthMoves(sides: (Int, Int)) throws {
        var settings = AugmentationSettings.deepFaceLab
        settings.warpKind = .none
        let form = form(sides.0, sides.1)
        let wide = try faces(settings, form)
        func run(_ settings: AugmentationSettings) throws -> (input: Tensor, truth: Tensor, masks: Tensor) {
            var numbers = RandomNumbers(seed: 6, stream: 1)
            let (input, batches) = try Augmentation(settings, form: form, device: .cpu)(
                wide, numbers: &numbers)
            return (
                input, try concatenated(batches.map(\.faces), axis: 0),
                try concatenated(batches.map(\.mask), axis: 0)
            )
        }
        let moved = try run(settings)
        #expect(try close(moved.input, moved.truth, 1e-5))
        let still = try concatenated(wide.map { try PersonFaces.middle($0.truth, side: sides.1) }, axis: 0)
        let change = try (moved.truth - still).absolute().mean().item()
        #expect(change > 0.005, "mean change \(change)")
        // The mask goes where the face goes: a disc of 13.8 px of 32 that is shifted, and zoomed within 15 %.
        let areas = try moved.masks.mean(1, 2, 3).values(as: Float.self).map {
            Double($0) / (.pi * 150 / 1024)
        }
        #expect(areas.allSatisfy { $0 > 0.73 && $0 < 1.36 } && areas.contains { abs($0 - 1) > 0.02 })
        settings.warpKind = .grid
        let warped = try run(settings)
        #expect(try (warped.input - warped.truth).absolute().mean().item() > 1e-3)
    }

    @Test("keeps the truth where it is by default, to the bit")
    func truthStays() throws {
        let (settings, form) = (AugmentationSettings(), form(16, 32))
        var numbers = RandomNumbers(seed: 6, stream: 1)
        let (input, batches) = try Augmentation(settings, form: form, device: .cpu)(
            faces(settings, form), numbers: &numbers)
        #expect(input.shape == [8, 3, 16, 16] && batches.count == 2)
        for (set, batch) in zip(sets, batches) {
            let still = try PersonFaces(set, form: form, balance: 0.5, device: .cpu).batch(
                [1, 8, 13, 30], mirrored: 1)
            #expect(try batch.faces.values(as: Float.self) == still.faces.values(as: Float.self))
            #expect(try batch.mask.values(as: Float.self) == still.mask.values(as: Float.self))
        }
    }

    @Test("says how often each person is seen in a mirror")
    func mirroring() {
        var shares = Mirroring(0.4)
        (shares.source, shares.others) = (0, 1)
        #expect([0, 1, 2, 7].map { shares[$0] } == [0, 0.4, 1, 1])
    }

    @Test("turns hues about grey: by a third of a circle red becomes green, and nothing happens to grey")
    func hue() {
        func apply(_ matrix: [Float], _ colour: [Float]) -> [Float] {
            (0..<3).map { row in (0..<3).reduce(0) { $0 + matrix[row * 3 + $1] * colour[$1] } }
        }
        let third = ColourJitter.matrix(turn: 2 * .pi / 3, saturation: 1, value: 1)
        for (value, wanted) in zip(apply(third, [0.8, 0.3, 0.1]), [0.1, 0.8, 0.3] as [Float]) {
            #expect(abs(value - wanted) < 1e-5)
        }
        let strong = ColourJitter.matrix(turn: 1, saturation: 1.4, value: 1)
        #expect(apply(strong, [0.5, 0.5, 0.5]).allSatisfy { abs($0 - 0.5) < 1e-5 })
        let grey = ColourJitter.matrix(turn: 0.3, saturation: 0, value: 0.5)
        #expect(apply(grey, [0.9, 0.3, 0.3]).allSatisfy { abs($0 - 0.25) < 1e-5 })
    }

    @Test("changes colours within the range that is asked for, and only then")
    func jitter() throws {
        var settings = AugmentationSettings()
        (settings.gain, settings.offset) = (0, 0)
        let pictures = try Tensor(repeating: 0.5, shape: [64, 3, 2, 2])
        func run(_ settings: AugmentationSettings) throws -> Tensor {
            var jitter = ColourJitter(settings)
            var numbers = RandomNumbers(seed: 2, stream: 2)
            for _ in 0..<64 { jitter.add(&numbers) }
            var buffer = StepBuffer()
            let slots = jitter.slots(in: &buffer)
            let batch = ColourJitter.Batch(slots: slots, buffer: try buffer.uploaded(to: .cpu))
            return try batch.scaled(batch.tinted(pictures))
        }
        #expect(try close(run(settings), pictures, 1e-7))
        settings.lightness = 0.3
        let lab = try LabColours.lab(run(settings).reshaped(64, 3, 4))
        let light: [Float] = try lab.slice(0..<1, axis: 1).contiguous().values()
        #expect(light.allSatisfy { $0 > 53.4 * 0.69 && $0 < 53.4 * 1.31 })
        let (least, most) = (try #require(light.min()), try #require(light.max()))
        #expect(least < 53.4 * 0.75 && most > 53.4 * 1.25)
        (settings.lightness, settings.tint) = (0, 0.08)
        let tint = try LabColours.lab(run(settings).reshaped(64, 3, 4)).values(as: Float.self)
        #expect(tint.contains { abs($0) > 7 && abs($0) < 10.3 })
        (settings.tint, settings.value) = (0, 0.2)
        let values = try run(settings).values(as: Float.self)
        #expect(values.allSatisfy { $0 > 0.399 && $0 < 0.601 } && values.contains { abs($0 - 0.5) > 0.08 })
    }

    @Test("takes no colour of the face into what is blurred outside of it")
    func outside() throws {
        let side = 24
        let mask = try Tensor(
            (0..<side * side).map { place -> Float in
                let (x, y) = (place % side - 12, place / side - 12)
                return x * x + y * y < 40 ? 1 : 0
            }, shape: [1, 1, side, side])
        let noise = try Tensor(
            (0..<side * side * 3).map { Float(sin(Double($0 * $0))) / 2 + 0.5 }, shape: [1, 3, side, side])
        let blur = try OutsideBlur(side: side, deviation: 0.1, device: .cpu)
        let (one, other) = (
            try blur(noise, mask: mask), try blur(noise * (1 - mask) + mask * 0.9, mask: mask)
        )
        #expect(try close(one * (1 - mask), other * (1 - mask), 1e-6))
        #expect(try close(one * mask, noise * mask, 1e-6))
        // Outside it is smooth: its neighbours differ far less than the noise's.
        func roughness(_ x: Tensor) throws -> Double {
            let rows = try x.slice(0..<4, axis: 2)
            return try (rows.slice(1..<side, axis: 3) - rows.slice(0..<side - 1, axis: 3)).absolute().mean()
                .item()
        }
        #expect(try roughness(one) < 0.15 * roughness(noise))
    }

    @Test(
        "brings source faces to the target's colours, the encoder's and the decoder's alike",
        arguments: ColourTransfer.allCases)
    func sourceColours(method: ColourTransfer) throws {
        var settings = AugmentationSettings.deepFaceLab
        settings.colourTransfer = method
        (settings.rotation, settings.zoom, settings.shift, settings.warpKind) = (0, 0, 0, .none)
        let form = form(32, 32)
        let wide = try faces(settings, form)
        var numbers = RandomNumbers(seed: 6, stream: 1)
        let (input, batches) = try Augmentation(settings, form: form, device: .cpu)(wide, numbers: &numbers)
        func blue(_ faces: Tensor, _ batch: PersonFaces.Batch) throws -> Double {
            try (faces.slice(2..<3, axis: 1) * batch.mask).sum().item() / batch.mask.sum().item()
        }
        // The drawn people differ by how blue they are: 200 and 60.
        let (source, target) = (
            try blue(batches[0].faces, batches[0]), try blue(batches[1].faces, batches[1])
        )
        #expect(abs(target - 60.0 / 255) < 1e-3)
        // Means of L*a*b* are not quite means of blue.
        #expect(abs(source - (method == .none ? 200.0 : 60.0) / 255) < (method == .rct ? 0.08 : 0.03))
        #expect(try close(input.slice(0..<4, axis: 0), batches[0].faces, 1e-5))
    }

    @Test("lets a network learn with every recipe", arguments: ["deepFaceLab", "faceswap", "everything"])
    func recipes(name: String) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var options = DrawnFaces.options(iterations: 3)
        options.recipe.augmentation = name == "faceswap" ? .faceswap : .deepFaceLab
        if name == "everything" {
            options.recipe.augmentation.blurOutside = 0.06
            options.recipe.augmentation.colourTransfer = .sot
            (options.recipe.augmentation.hue, options.recipe.augmentation.tint) = (10, 0.05)
            options.setMemory = 0
        }
        options.recipe.sampling = .pose
        let summary = try Trainer(
            sets: sets, folder: folder.appending(path: name), options: options, progress: { _ in },
            preview: { _ in }
        ).run()
        #expect(summary.heldOutError?.isFinite == true && summary.iterations == 3)
    }
}
