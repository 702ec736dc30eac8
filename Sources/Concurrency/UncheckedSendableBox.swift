/// Hands a value that is not Sendable to one other thread, which alone uses it from then on.
package struct UncheckedSendableBox<Value>: @unchecked Sendable {
    package let value: Value

    package init(value: Value) { self.value = value }
}
