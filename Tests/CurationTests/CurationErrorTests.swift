import Curation
import Testing

@Suite("Curation errors")
struct CurationErrorTests {
    @Test("a cause is named behind the message")
    func cause() {
        let inner = CurationError(.rule, "inner")
        #expect(CurationError(.exchange, "outer", cause: inner).description == "outer (inner)")
        #expect(CurationError(.notFound, "outer").description == "outer")
    }
}
