import Foundation
import Tensors
import Testing

@testable import Training

@Suite("Forecast", .serialized)
struct ForecastTests {
    private let forecast = Forecast(stepsPerSecond: 6.83, memory: 1_290_000_000)

    @Test("says what a training takes, and what is still to do of one that is gone on with")
    func sentences() {
        #expect(
            forecast.sentence(StopRule(minutes: 2))
                == "about 6.8 steps/s, 820 steps in 2 minutes, 1.3 GB of memory")
        #expect(
            forecast.sentence(StopRule(minutes: 2), done: (400, 60))
                == "about 6.8 steps/s, 410 steps in 60 seconds, 1.3 GB of memory")
        #expect(
            forecast.sentence(StopRule(minutes: 600, iterations: 1000))
                == "about 6.8 steps/s, 1000 steps in 2 minutes, 1.3 GB of memory")
        #expect(
            Forecast(stepsPerSecond: 43, memory: 640_000_000).sentence(StopRule(targetError: 0.02))
                == "about 43 steps/s, 640 MB of memory")
    }

    @Test("more than there is, is refused with what helps")
    func memory() throws {
        let error = #expect(throws: TrainingError.self) {
            try Forecast.check(further: 5_200_000_000, available: 3_100_000_000)
        }
        #expect(error?.code == .tooLittleMemory)
        #expect(error?.message.contains("5.2 GB") == true && error?.message.contains("smaller batch") == true)
        let proposal = #expect(throws: TrainingError.self) {
            try Forecast.check(further: 2, available: 1, fitting: 12)
        }
        #expect(proposal?.message.contains("--batch 12 would fit") == true)
        let hopeless = #expect(throws: TrainingError.self) {
            try Forecast.check(further: 2, available: 1, fitting: 0)
        }
        #expect(hopeless?.message.contains("smaller network") == true)
        try Forecast.check(further: 1, available: 1)
        try Forecast.check(further: .max, available: nil)
    }

    @Test("reads the kernel's tables, and nothing from what is no such table")
    func fields() {
        let text =
            "MemTotal:       16384000 kB\nMemAvailable:    1024 kB\nHugePages_Total:       0\nBad: x kB\n"
        #expect(MainMemory.field("MemAvailable", in: text) == 1 << 20)
        #expect(MainMemory.field("Mem", in: text) == nil && MainMemory.field("Bad", in: text) == nil)
        #expect(MainMemory.field("HugePages_Total", in: text) == nil && MainMemory.field("A", in: "") == nil)
        #expect(MainMemory.field("A", in: "A: 9223372036854775807 kB") == nil)
    }

    @Test("is measured on a model of its own and leaves nothing behind")
    func measured() throws {
        try Engine.setThreads(1)
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let sets = try ["a", "b"].map { try DrawnFaces.set($0, in: folder) }
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let forecast = try Trainer.forecast(sets: sets, options: DrawnFaces.options(iterations: 1))
        #expect(forecast.stepsPerSecond > 1 && forecast.memory > 10_000_000)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
    }
}
