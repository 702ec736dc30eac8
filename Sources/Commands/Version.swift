/// The version of this release, which outputs and models name.
package enum Version {
    package static let current = "0.1.0"
}
