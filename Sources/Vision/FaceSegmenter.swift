import Pictures

/// What tells the person in a crop from what is behind or before: a network of ours or a user's own face parser.
package protocol FaceSegmenter {
    /// How much of each pixel is the person, 0…1; of the picture's size.
    func person(in picture: Picture) throws -> Plane
}
