extension ProjectSettings {
    /// Message about the first invalid value, with its key and the valid values; `nil` if all are valid.
    package var complaint: String? {
        func range<Value: Comparable>(_ key: String, _ value: Value, _ allowed: ClosedRange<Value>) -> String?
        {
            allowed.contains(value)
                ? nil : "\(key) = \(value): must be between \(allowed.lowerBound) and \(allowed.upperBound)"
        }
        func word(_ key: String, _ value: String, _ allowed: [String]) -> String? {
            allowed.contains(value)
                ? nil : "\(key) = \"\(value)\": must be one of \(allowed.joined(separator: ", "))"
        }
        let complaints = [
            range("extraction.crop_margin", extraction.cropMargin, 0...1),
            range("extraction.crop_size", extraction.cropSize, 32...1024),
            range("extraction.packed_size", extraction.packedSize, 32...1024),
            extraction.packedSize % 8 == 0
                ? nil : "extraction.packed_size = \(extraction.packedSize): must be a multiple of 8",
            range("extraction.every", extraction.every, 1...1000),
            range("extraction.from", extraction.from, 0...1e7),
            range("extraction.to", extraction.to, 0...1e7),
            extraction.to == 0 || extraction.to > extraction.from
                ? nil
                : "extraction.to = \(extraction.to): must be greater than from = \(extraction.from), or 0",
            range("extraction.minimum_face_width", extraction.minimumFaceWidth, 0...10_000),
            range("extraction.maximum_faces", extraction.maximumFaces, 1...100),
            range("extraction.likeness", extraction.likeness, 0...1),
            range("extraction.smoothing", extraction.smoothing, 0...50),
            range("training.seed", training.seed, 0...Int(Int32.max)),
            range("training.preview_every", training.previewEvery, 1...86_400),
            range("training.checkpoint_every", training.checkpointEvery, 1...86_400),
            range("training.checkpoints", training.checkpoints, 2...1000),
            range("training.snapshot_every", training.snapshotEvery, 1...1e7),
            range("training.snapshots", training.snapshots, 0...100_000),
            word("training.preset", training.preset, ["quick", "standard", "film"]),
            word("swapping.mask", swapping.mask, SwappingSettings.masks),
            word("swapping.colour", swapping.colour, SwappingSettings.colours),
            range("swapping.colour_strength", swapping.colourStrength, 0...1),
            range("swapping.sharpening", swapping.sharpening, 0...5),
            range("swapping.feather", swapping.feather, 0...0.5),
            range("swapping.feather_forehead", swapping.featherForehead, -1...0.5),
            range("swapping.feather_cheeks", swapping.featherCheeks, -1...0.5),
            range("swapping.feather_chin", swapping.featherChin, -1...0.5),
            range("swapping.source_detail", swapping.sourceDetail, 0...1),
            range("swapping.match_detail", swapping.matchDetail, 0...1),
            range("swapping.match_grain", swapping.matchGrain, 0...1),
            range("swapping.match_compression", swapping.matchCompression, 0...1),
            range("swapping.motion_blur", swapping.motionBlur, 0...2),
            range("swapping.scale", swapping.scale, 0.5...2),
            range("swapping.fade", swapping.fade, 0...50),
            swapping.keep.lazy.compactMap { word("swapping.keep", $0, SwappingSettings.parts) }.first,
            range("swapping.inset", swapping.inset, -0.5...0.5),
            range("swapping.smoothing", swapping.smoothing, 0...50),
            word(
                "encoding.speed", encoding.speed,
                [
                    "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower",
                    "veryslow",
                ]),
            word("encoding.codec", encoding.codec, ["auto", "h264", "hevc", "prores", "ffv1"]),
            word("encoding.sound", encoding.sound, ["auto", "copy", "aac", "opus", "flac", "none"]),
            range("encoding.quality", encoding.quality, -1...51),
        ]
        return complaints.compactMap { $0 }.first
    }
}
