import Pictures

/// Segments the person in a crop from background and occluders: a built-in network or a user's own face parser.
package protocol FaceSegmenter {
    /// Probability of the person per pixel, 0…1, in the picture's size.
    func person(in picture: Picture) throws -> Plane
}
