import Foundation

// Foundation's functions under names that this module's tensor functions do not shadow.
func logarithm(_ x: Double) -> Double { Foundation.log(x) }
func cosine(_ x: Double) -> Double { Foundation.cos(x) }
