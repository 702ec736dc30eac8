extension Recipe {
    /// First invalid value, as its key and the allowed range; `nil` if all values are valid.
    package var complaint: String? {
        func atLeast(_ least: Double, _ values: [(key: String, value: Double)]) -> String? {
            values.first { !($0.value >= least && $0.value <= 1e6) }.map { key, value in
                let words =
                    value > 1e6 ? "must be 1e6 or less" : "must be \(least == 0 ? "0" : "\(least)") or more"
                return "\(key) = \(value): \(words)"
            }
        }
        func shares(_ values: [(key: String, value: Double)]) -> String? {
            values.first { !(0...1).contains($0.value) }
                .map { "\($0.key) = \($0.value): must lie between 0 and 1" }
        }
        let counts = [
            ("batch", batch, 1...1024), ("people", people, 0...1000),
            ("economy.accumulation", economy.accumulation, 1...1024),
            ("adversary.patch", adversary.patch, 0...4096),
            ("adversary.channels", adversary.channels, 1...1024),
            ("rate.warm_up", rate.warmUp, 0...1_000_000_000),
        ]
        for (key, value, range) in counts where !range.contains(value) {
            return "\(key) = \(value): must lie between \(range.lowerBound) and \(range.upperBound)"
        }
        if people > 0,
            adversary.weight > 0 || trueFace > 0 || loss.judgesSwaps
                || augmentation.colourTransfer != .none
        {
            return
                "people = \(people): not with adversary.weight, true_face, augmentation.colour_transfer or a loss of swaps, which want the source and the target in every step"
        }
        return optimizer.complaint.map { "optimizer: \($0)" }
            ?? atLeast(
                0, weights + [("clip", clip), ("rate.peak", rate.peak), ("adversary.rate", adversary.rate)])
            ?? shares(chances)
    }

    private var weights: [(key: String, value: Double)] {
        [
            ("loss.absolute", loss.absolute), ("loss.squared", loss.squared),
            ("loss.structure", loss.structure), ("loss.mask", loss.mask),
            ("loss.everywhere", loss.everywhere), ("loss.eyes", loss.eyes), ("loss.mouth", loss.mouth),
            ("loss.features", loss.features), ("loss.gradient", loss.gradient),
            ("loss.frequency", loss.frequency), ("loss.identity", loss.identity),
            ("loss.swap_identity", loss.swapIdentity), ("loss.face_style", loss.faceStyle),
            ("loss.background_style", loss.backgroundStyle), ("loss.blurred_mask", loss.blurredMask),
            ("adversary.weight", adversary.weight), ("true_face", trueFace), ("balance", balance),
            ("code.noise", code.noise), ("code.measured_noise", code.measuredNoise),
            ("code.matching", code.matching), ("augmentation.warp", augmentation.warp),
            ("augmentation.blur_outside", augmentation.blurOutside),
        ]
    }

    private var chances: [(key: String, value: Double)] {
        [
            ("averaging", averaging), ("adversary.start", adversary.start),
            ("code.learned_dropout", code.learnedDropout), ("code.measured_dropout", code.measuredDropout),
            ("code.measure_dropout", code.measureDropout), ("rate.floor", rate.floor),
            ("refinement.steps", refinement.steps), ("refinement.faces", refinement.faces),
            ("augmentation.light.share", augmentation.light.share),
            ("augmentation.warp_until", augmentation.warpUntil),
            ("augmentation.mirrored.source", augmentation.mirrored.source),
            ("augmentation.mirrored.target", augmentation.mirrored.target),
            ("augmentation.mirrored.others", augmentation.mirrored.others),
        ]
    }
}
