import Pictures

/// Looks for a key's pattern in an evened mean of frames: at every pose, with all shifts at once.
struct PatternSearch {
    struct Candidate {
        var pose: WatermarkPose
        var peak: WatermarkMatcher.Peak
    }

    /// Candidates that are read in each of the two rounds.
    static let listLength = 16

    let plane: Plane

    /// All that is read by each key, up to the first reading that counts: upright poses first, turned ones only where those
    /// give nothing. What keys share, laying frames onto the tile and its Fourier transform, is done once for all of them.
    func readings(_ matchers: [WatermarkMatcher]) -> [[WatermarkReading]] {
        var result = [[WatermarkReading]](repeating: [], count: matchers.count)
        look(WatermarkPose.scales.map { WatermarkPose(cellsAcross: $0, angle: 0) }, matchers, &result)
        if result.contains(where: { !$0.contains(where: \.counts) }) {
            let turned = WatermarkPose.angles.flatMap { angle in
                WatermarkPose.scales.map { WatermarkPose(cellsAcross: $0, angle: angle) }
            }
            look(turned, matchers, &result)
        }
        return result
    }

    private func look(
        _ poses: [WatermarkPose], _ matchers: [WatermarkMatcher], _ result: inout [[WatermarkReading]]
    ) {
        for (index, candidates) in candidates(poses, matchers).enumerated()
        where !result[index].contains(where: \.counts) {
            let places = Self.distinct(candidates).map { refined($0, matchers[index]) }
            for candidate in places.sorted(by: { $0.peak.score > $1.peak.score }) {
                let reading = read(candidate, matchers[index])
                result[index].append(reading)
                if reading.counts { break }
            }
        }
    }

    /// The best shift at each pose, by each key.
    private func candidates(_ poses: [WatermarkPose], _ matchers: [WatermarkMatcher]) -> [[Candidate]] {
        var result = [[Candidate]](repeating: [], count: matchers.count)
        for start in stride(from: 0, to: poses.count, by: 2) {
            let pair = (poses[start], poses[min(start + 1, poses.count - 1)])
            let whitened = spectrum(pair.0, pair.1)
            for (index, matcher) in matchers.enumerated() {
                let peaks = matcher.peaks(whitened)
                result[index].append(Candidate(pose: pair.0, peak: peaks.0))
                result[index].append(Candidate(pose: pair.1, peak: peaks.1))
            }
        }
        return result
    }

    private func spectrum(_ first: WatermarkPose, _ second: WatermarkPose) -> TileSpectrum {
        var spectrum = TileSpectrum(first.folded(plane), second.folded(plane))
        spectrum.transform()
        return spectrum.whitened()
    }

    /// The best candidates; of poses one step apart the better one.
    private static func distinct(_ candidates: [Candidate]) -> [Candidate] {
        var chosen: [Candidate] = []
        for candidate in candidates.sorted(by: { $0.peak.score > $1.peak.score }) {
            let isNear = chosen.contains {
                abs($0.pose.cellsAcross / candidate.pose.cellsAcross - 1) < 1.5 * WatermarkPose.scaleStep
                    && abs($0.pose.angle - candidate.pose.angle) < 0.75
            }
            if !isNear { chosen.append(candidate) }
            if chosen.count == listLength { break }
        }
        return chosen
    }

    /// Looks at poses a third of a step around a candidate.
    private func refined(_ candidate: Candidate, _ matcher: WatermarkMatcher) -> Candidate {
        let shares = [-1.0 / 3, 0, 1.0 / 3]
        let around = shares.flatMap { scale in
            shares.map { turn in
                WatermarkPose(
                    cellsAcross: candidate.pose.cellsAcross * (1 + scale * WatermarkPose.scaleStep),
                    angle: candidate.pose.angle + turn * WatermarkPose.angleStep)
            }
        }
        return candidates(around, [matcher])[0].max { $0.peak.score < $1.peak.score } ?? candidate
    }

    private func read(_ candidate: Candidate, _ matcher: WatermarkMatcher) -> WatermarkReading {
        let whitened = spectrum(candidate.pose, candidate.pose)
        let seen = matcher.cells(whitened, at: candidate.peak)
        let message = WatermarkCode.decode(matcher.tile.softBits(seen))
        return WatermarkReading(
            score: matcher.score(seen, for: WatermarkCode.encode(message: message)),
            id: WatermarkCode.id(of: message), pose: candidate.pose)
    }
}
