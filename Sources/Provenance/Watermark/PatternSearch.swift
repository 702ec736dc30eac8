import Pictures

/// Searches the normalised mean of frames for a key's pattern: rounds of poses, each matched at all shifts at once.
struct PatternSearch {
    /// A region, pose and orientation at which the pattern may be.
    struct Place {
        var pose: WatermarkPose
        var region: PixelRegion
        var isDetailed = false
    }

    struct Candidate {
        var place: Place
        /// Index into `WatermarkOrientation.allCases`.
        var orientation: Int
        var peak: WatermarkMatcher.Peak
    }

    /// The matchers of a key, one per orientation.
    typealias Matchers = [WatermarkMatcher]

    /// Number of candidates that are decoded in each round.
    static let listLength = 16

    /// The mean of frames: for rounds over the whole picture; rounds over parts use one with more detail.
    let whole: Plane
    let detailed: Plane

    init(_ residual: WatermarkResidual) {
        (whole, detailed) = (residual.mean(.whole), residual.mean(.part))
    }

    static func matchers(_ key: WatermarkKey) -> Matchers {
        let tile = WatermarkTile(key)
        return WatermarkOrientation.allCases.map { WatermarkMatcher(tile.oriented($0)) }
    }

    /// All readings of each key, up to the round with the first valid one. Resampling onto the tile and its Fourier transform do
    /// not depend on the key and are done once for all keys.
    func readings(_ keys: [Matchers]) -> [[WatermarkReading]] {
        var result = [[WatermarkReading]](repeating: [], count: keys.count)
        for round in WatermarkRound.allCases {
            guard result.contains(where: { !$0.contains(where: \.counts) }) else { break }
            look(round, keys, &result)
        }
        return result
    }

    private func look(_ round: WatermarkRound, _ keys: [Matchers], _ result: inout [[WatermarkReading]]) {
        for (index, candidates) in candidates(places(round), round.orientations, keys).enumerated()
        where !result[index].contains(where: \.counts) {
            let list = Self.distinct(candidates).map { refined($0, round, keys[index]) }
            for candidate in list.sorted(by: { $0.peak.score > $1.peak.score }) {
                let reading = read(candidate, round, keys[index])
                result[index].append(reading)
                if reading.counts { break }
            }
        }
    }

    /// The best shift at each place, per key and orientation.
    private func candidates(_ places: [Place], _ orientations: [Int], _ keys: [Matchers]) -> [[Candidate]] {
        var result = [[Candidate]](repeating: [], count: keys.count)
        for start in stride(from: 0, to: places.count, by: 2) {
            let pair = (places[start], places[min(start + 1, places.count - 1)])
            let whitened = spectrum(pair.0, pair.1)
            for (index, matchers) in keys.enumerated() {
                for orientation in orientations {
                    let peaks = matchers[orientation].peaks(whitened)
                    result[index].append(Candidate(place: pair.0, orientation: orientation, peak: peaks.0))
                    result[index].append(Candidate(place: pair.1, orientation: orientation, peak: peaks.1))
                }
            }
        }
        return result
    }

    private func plane(_ place: Place) -> Plane { place.isDetailed ? detailed : whole }

    private func spectrum(_ first: Place, _ second: Place) -> TileSpectrum {
        var spectrum = TileSpectrum(
            first.pose.folded(plane(first), in: first.region),
            second.pose.folded(plane(second), in: second.region))
        spectrum.transform()
        return spectrum.whitened()
    }

    /// The best candidates without neighbours: of poses one step apart, the better one.
    private static func distinct(_ candidates: [Candidate]) -> [Candidate] {
        var chosen: [Candidate] = []
        for candidate in candidates.sorted(by: { $0.peak.score > $1.peak.score }) {
            let isNear = chosen.contains {
                $0.orientation == candidate.orientation && $0.place.region == candidate.place.region
                    && $0.place.pose.isNear(candidate.place.pose)
            }
            if !isNear { chosen.append(candidate) }
            if chosen.count == listLength { break }
        }
        return chosen
    }

    /// Refines a candidate: poses a third of a step around it, and for a part of the picture its edges.
    private func refined(_ candidate: Candidate, _ round: WatermarkRound, _ matchers: Matchers) -> Candidate {
        let shares = [-1.0 / 3, 0, 1.0 / 3]
        var best = best(
            around: shares.flatMap { scale in
                shares.map { turn in
                    var place = candidate.place
                    place.pose.cellsAcross *= 1 + scale * WatermarkPose.scaleStep
                    place.pose.angle += turn * WatermarkPose.angleStep
                    return place
                }
            }, candidate, matchers)
        if round == .distorted {
            best = self.best(
                around: shares.map { share in
                    var place = best.place
                    place.pose.stretch *= 1 + share * WatermarkPose.stretchStep
                    return place
                }, best, matchers)
        }
        if round == .parts {
            for change in PictureParts(detailed).growths {
                guard let region = change(best.place.region) else { continue }
                var place = best.place
                place.region = region
                let other = self.best(around: [place], best, matchers)
                if other.peak.score > best.peak.score { best = other }
            }
        }
        return best
    }

    private func best(around places: [Place], _ candidate: Candidate, _ matchers: Matchers) -> Candidate {
        candidates(places, [candidate.orientation], [matchers])[0].max { $0.peak.score < $1.peak.score }
            ?? candidate
    }

    private func read(_ candidate: Candidate, _ round: WatermarkRound, _ matchers: Matchers)
        -> WatermarkReading
    {
        let whitened = spectrum(candidate.place, candidate.place)
        let matcher = matchers[candidate.orientation]
        let seen = matcher.cells(whitened, at: candidate.peak)
        let message = WatermarkCode.decode(matcher.tile.softBits(seen))
        return WatermarkReading(
            score: matcher.score(seen, for: WatermarkCode.encode(message: message)),
            id: WatermarkCode.id(of: message), round: round, pose: candidate.place.pose,
            orientation: WatermarkOrientation.allCases[candidate.orientation],
            part: WatermarkPart(candidate.place.region, of: whole))
    }
}
