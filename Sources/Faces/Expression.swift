/// A facial expression: 52 coefficients, each 0…1, in the order of MediaPipe's blendshape network (ARKit's names).
package struct Expression: Sendable, Codable, Equatable {
    package var coefficients: [Float]

    /// - Precondition: one coefficient for each of `names`.
    package init(coefficients: [Float]) {
        precondition(coefficients.count == Self.names.count, "an expression has 52 coefficients")
        self.coefficients = coefficients
    }

    /// The neutral expression: all coefficients are 0.
    package static let neutral = Expression(coefficients: [Float](repeating: 0, count: names.count))

    /// The coefficient of this name; 0 for an unknown name.
    package subscript(name: String) -> Float {
        guard let index = Self.indices[name], index < coefficients.count else { return 0 }
        return coefficients[index]
    }

    private static let indices = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })

    package static let names = [
        "_neutral", "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight",
        "cheekPuff", "cheekSquintLeft", "cheekSquintRight", "eyeBlinkLeft", "eyeBlinkRight",
        "eyeLookDownLeft", "eyeLookDownRight", "eyeLookInLeft", "eyeLookInRight", "eyeLookOutLeft",
        "eyeLookOutRight", "eyeLookUpLeft", "eyeLookUpRight", "eyeSquintLeft", "eyeSquintRight",
        "eyeWideLeft", "eyeWideRight", "jawForward", "jawLeft", "jawOpen", "jawRight", "mouthClose",
        "mouthDimpleLeft", "mouthDimpleRight", "mouthFrownLeft", "mouthFrownRight", "mouthFunnel",
        "mouthLeft", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthPressLeft", "mouthPressRight",
        "mouthPucker", "mouthRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower",
        "mouthShrugUpper", "mouthSmileLeft", "mouthSmileRight", "mouthStretchLeft", "mouthStretchRight",
        "mouthUpperUpLeft", "mouthUpperUpRight", "noseSneerLeft", "noseSneerRight",
    ]
}
