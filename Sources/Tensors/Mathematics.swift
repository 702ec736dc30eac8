import Foundation

// Foundation's functions under names that the tensor functions of this module do not hide.
func logarithm(_ x: Double) -> Double { Foundation.log(x) }
func cosine(_ x: Double) -> Double { Foundation.cos(x) }
