import Faces

/// Extraction settings given for one set; `nil` values are taken from the project's settings.
package struct ExtractionOptions: Sendable, Codable, Equatable {
    package var every: Int?
    package var from: Double?
    package var to: Double?
    package var minimumFaceWidth: Double?
    package var maximumFaces: Int?
    package var crop: CropKind?
    package var cropSize: Int?

    package init() {}

    /// These options, completed by those of an earlier run.
    package func over(_ earlier: ExtractionOptions) -> ExtractionOptions {
        var result = earlier
        result.every = every ?? earlier.every
        result.from = from ?? earlier.from
        result.to = to ?? earlier.to
        result.minimumFaceWidth = minimumFaceWidth ?? earlier.minimumFaceWidth
        result.maximumFaces = maximumFaces ?? earlier.maximumFaces
        result.crop = crop ?? earlier.crop
        result.cropSize = cropSize ?? earlier.cropSize
        return result
    }

    /// The project's settings overridden by these options.
    package func over(_ settings: ExtractionSettings) -> ExtractionSettings {
        var result = settings
        result.every = every ?? settings.every
        result.from = from ?? settings.from
        result.to = to ?? settings.to
        result.minimumFaceWidth = minimumFaceWidth ?? settings.minimumFaceWidth
        result.maximumFaces = maximumFaces ?? settings.maximumFaces
        result.crop = crop ?? settings.crop
        result.cropSize = cropSize ?? settings.cropSize
        return result
    }
}
