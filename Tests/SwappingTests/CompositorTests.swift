import Faces
import Media
import Pictures
import Swapping
import Testing

@Suite("Compositor")
struct CompositorTests {
    private let face = scriptedFace(x: 80, y: 60, width: 50, angle: 0.2)

    @Test("the region holds the crop's corners and begins on even pixels")
    func region() throws {
        let transform = face.alignment.crop(.full, size: 96)
        let region = try #require(
            Compositor.region(of: transform, size: 96, frameWidth: 161, frameHeight: 121))
        #expect(region.x % 2 == 0 && region.y % 2 == 0)
        let centre = transform.inverse(Point(48, 48))
        let expected = face.alignment.toUnit.inverse(Point(0.5, 0.5 - CropKind.full.lift))
        #expect((centre - expected).length < 1e-9)
        // Side 1.6 · 50 = 80 turned by 0.2 rad: 80 · (cos + sin) = 94.3 on each axis.
        #expect(abs(Double(region.width) - 94.3) <= 4 && abs(Double(region.height) - 94.3) <= 4)
        let far = SimilarityTransform(a: 1, b: 0, tx: 5000, ty: 0)
        #expect(Compositor.region(of: far, size: 96, frameWidth: 160, frameHeight: 120) == nil)
    }

    @Test("the mask is whole inside, zero at the border, and soft over the feather's width")
    func mask() {
        let one = Plane(width: 96, height: 96, repeating: 1)
        let settings = CompositeSettings(mask: .learned, erosion: 0.05, feather: 0.2)
        let mask = Compositor(settings).blendMask(one, faceWidth: 60)
        let row = Array(mask.values[48 * 96..<49 * 96])
        #expect(row[0] == 0 && row[2] < 0.02)
        #expect(row[48] > 0.999)
        // Eroded by 3, feathered over 12: half way at 1 (border) + 3 + 6 = 10.
        #expect(abs(row[10] - 0.5) < 0.1)
        #expect(row[4] < 0.05 && row[16] > 0.95)
    }

    @Test("learned, hull, product and union", arguments: CompositeSettings.Mask.allCases)
    func choice(_ kind: CompositeSettings.Mask) {
        let left = Plane(width: 40, height: 40, values: (0..<1600).map { $0 % 40 < 25 ? 1 : 0 })
        let right = Plane(width: 40, height: 40, values: (0..<1600).map { $0 % 40 >= 15 ? 1 : 0 })
        let settings = CompositeSettings(mask: kind, erosion: 0, feather: 0)
        let row = Array(
            Compositor(settings).faceMask(learned: left, hull: right).values[20 * 40..<21 * 40])
        let expected: ClosedRange<Int> =
            switch kind {
            case .learned: 0...24
            case .hull: 15...39
            case .product: 15...24
            case .union: 0...39
            case .crop: 0...39
            case .segmentation: 15...24
            }
        #expect(row.indices.filter { row[$0] == 1 } == Array(expected))
    }

    @Test("the segmented mask ends where no person is seen")
    func segmentation() {
        let one = Plane(width: 40, height: 40, repeating: 1)
        let person = Plane(width: 40, height: 40, values: (0..<1600).map { $0 % 40 < 12 ? 1 : 0 })
        let mask = Compositor(CompositeSettings(mask: .segmentation)).faceMask(
            learned: one, hull: one, person: person)
        #expect(mask == person)
    }

    @Test("an inset below zero grows the mask")
    func grown() {
        let square = Plane(
            width: 96, height: 96,
            values: (0..<96 * 96).map { (30..<66).contains($0 % 96) && (30..<66).contains($0 / 96) ? 1 : 0 })
        func width(_ inset: Double) -> Int {
            let settings = CompositeSettings(mask: .learned, erosion: inset, feather: 0)
            return Compositor(settings).blendMask(square, faceWidth: 60).values[48 * 96..<49 * 96].count {
                $0 > 0.5
            }
        }
        #expect(width(0) == 36 && width(0.1) == 24 && width(-0.1) == 48)
    }

    @Test("the soft edge may be wider at the chin than at the forehead and the cheeks")
    func sides() {
        let one = Plane(width: 96, height: 96, repeating: 1)
        var settings = CompositeSettings(mask: .learned, erosion: 0, feather: 0.05)
        let plain = Compositor(settings).blendMask(one, faceWidth: 60)
        settings.featherSides.chin = 0.5
        let mask = Compositor(settings).blendMask(one, faceWidth: 60)
        func column(_ plane: Plane, _ row: Int) -> Float { plane.values[row * 96 + 48] }
        func row(_ plane: Plane, _ column: Int) -> Float { plane.values[48 * 96 + column] }
        for place in 0..<40 {
            #expect(abs(column(mask, place) - column(plain, place)) < 1e-3, "forehead")
            #expect(abs(row(mask, place) - row(plain, place)) < 1e-3, "cheek")
        }
        // 30 pixels wide: half way at 16 from the border.
        #expect(abs(column(mask, 96 - 16) - 0.5) < 0.12 && column(plain, 96 - 16) > 0.99)
    }

    @Test("motion blur spreads along the way and nowhere else, and leaves the brightness")
    func motionBlur() {
        var picture = Picture(width: 60, height: 60)
        for row in 0..<60 { for channel in 0..<3 { picture.pixels[(row * 60 + 30) * 3 + channel] = 240 } }
        let same = SimilarityTransform(a: 2, b: 0, tx: 7, ty: 3)
        let across = MotionBlur(Point(5, 0), transform: same).applied(to: picture).luma
        let along = MotionBlur(Point(0, 5), transform: same).applied(to: picture).luma
        let line = (0..<60).map { across.values[30 * 60 + $0] }
        // Five pixels of the frame are ten of the crop.
        #expect((9...13).contains(line.count { $0 > 8 }))
        #expect(abs(line.reduce(0, +) - 240) < 16)
        #expect(abs(along.values[30 * 60 + 30] - 240) < 1 && along.values[30 * 60 + 31] == 0)
        #expect(MotionBlur(Point(0.2, 0), transform: same).applied(to: picture) == picture)
    }

    @Test("grain and detail are measured: what the new face lacks is what is added")
    func texture() throws {
        let amount = Plane(width: 80, height: 80, repeating: 1)
        let plain = Picture(width: 80, height: 80, red: 120, green: 120, blue: 120)
        let grainy = plain.grained(deviation: 6, frame: 3, x: 10, y: 20)
        let measure = try #require(
            TextureMeasure(target: grainy.luma, face: plain.luma, amount: amount, sigma: 1))
        #expect(abs(measure.missingGrain - 6) < 0.6)
        #expect(grainy != plain.grained(deviation: 6, frame: 4, x: 10, y: 20), "new in every frame")
        #expect(grainy == plain.grained(deviation: 6, frame: 3, x: 10, y: 20), "the same when made again")
        let none = try #require(
            TextureMeasure(target: plain.luma, face: grainy.luma, amount: amount, sigma: 1))
        #expect(none.missingGrain == 0)

        let sharp = MemoryFrame.waves(0, width: 80, height: 80).pixels.sharpened(sigma: 2, amount: 3)
        let soft = sharp.sharpened(sigma: 1.5, amount: -0.6)
        let softer = try #require(
            TextureMeasure(target: soft.luma, face: sharp.luma, amount: amount, sigma: 1))
        #expect(softer.detailGain == 1, "people differ as much")
        let softest = try #require(
            TextureMeasure(target: plain.luma, face: sharp.luma, amount: amount, sigma: 1))
        #expect(softest.detailGain < 0.97)
        let back = try #require(
            TextureMeasure(target: sharp.luma, face: soft.luma, amount: amount, sigma: 1))
        #expect(back.detailGain > 1.03)
        // A contrast that is raised already needs less of it.
        #expect(back.stretched(by: back.detailGain).detailGain < back.detailGain)
        #expect(
            TextureMeasure(
                target: sharp.luma, face: soft.luma, amount: Plane(width: 80, height: 80), sigma: 1) == nil)
    }

    @Test("as many fine parts are taken from the new face as compression took from the old one")
    func compression() throws {
        let sharp = MemoryFrame.waves(0, width: 96, height: 96).pixels
            .grained(deviation: 10, frame: 1, x: 0, y: 0)
        let amount = Plane(width: 80, height: 80, repeating: 1)
        func spectrum(_ picture: Picture) throws -> BlockSpectrum {
            try #require(
                BlockSpectrum(
                    picture.cropped(x: 5, y: 3, width: 80, height: 80).luma, amount: amount, x: 5, y: 3))
        }
        // JPEG's blocks lie on the whole picture's grid, which the plane's corner has to be told.
        let pressed = try PictureFile.decode(PictureFile.encode(sharp, as: .jpeg, quality: 12))
        let (clean, goal) = (try spectrum(sharp), try spectrum(pressed))
        func mean(_ spectrum: BlockSpectrum) -> Float { spectrum.vanished.reduce(0, +) / 64 }
        #expect(mean(goal) > 0.6 && mean(clean) < 0.2)
        let matched = goal.applied(to: sharp, share: 1, x: 0, y: 0)
        #expect(abs(mean(try spectrum(matched)) - mean(goal)) < 0.12)
        #expect(goal.applied(to: sharp, share: 0, x: 0, y: 0) == sharp)
        #expect(psnr(sharp, clean.applied(to: sharp, share: 1, x: 0, y: 0)) > 40)
        #expect(BlockSpectrum(sharp.luma, amount: Plane(width: 96, height: 96), x: 0, y: 0) == nil)
    }

    @Test("the target's own face laid in gives the target again, and not a byte outside changes")
    func identity() throws {
        let frame = MemoryFrame.waves(3)
        let transform = face.alignment.crop(.full, size: 96)
        let region = try #require(
            Compositor.region(of: transform, size: 96, frameWidth: 160, frameHeight: 120))
        let background = frame.picture(x: region.x, y: region.y, width: region.width, height: region.height)
        let crop = frame.pixels.crop(transform, width: 96, height: 96)
        let one = Plane(width: 96, height: 96, repeating: 1)
        let compositor = Compositor()
        let mask = compositor.blendMask(one, faceWidth: 60)
        let result = compositor.composite(
            background: background, region: region, face: crop, mask: mask, transform: transform)
        let map = AffineMap(transform)
        let inside = (0..<region.width * region.height).map { index in
            let place = map(
                Double(region.x + index % region.width) + 0.5, Double(region.y + index / region.width) + 0.5)
            return place.x > -1 && place.y > -1 && place.x < 97 && place.y < 97
        }
        #expect(psnr(background, result) > 40)
        #expect(psnr(background, result) < .infinity, "the face was resampled")
        #expect(psnr(background, result, where: { !inside[$0] }) == .infinity)
    }

    @Test("a face of one colour shows fully at its middle and not at the crop's edge")
    func blend() throws {
        let frame = MemoryFrame.waves(3)
        let transform = face.alignment.crop(.full, size: 96)
        let region = try #require(
            Compositor.region(of: transform, size: 96, frameWidth: 160, frameHeight: 120))
        let background = frame.picture(x: region.x, y: region.y, width: region.width, height: region.height)
        let one = Plane(width: 96, height: 96, repeating: 1)
        let compositor = Compositor(CompositeSettings(colour: .none))
        let result = compositor.composite(
            background: background, region: region,
            face: Picture(width: 96, height: 96, red: 9, green: 250, blue: 30),
            mask: compositor.blendMask(one, faceWidth: 60), transform: transform)
        let middle = (60 - region.y) * region.width + 80 - region.x
        #expect(Array(result.pixels[middle * 3..<middle * 3 + 3]) == [9, 250, 30])
        #expect(result.pixels.prefix(9) == background.pixels.prefix(9))
    }
}
