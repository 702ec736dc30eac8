import Foundation
import GRDB
import Testing

@testable import Workspace

@Suite("Training history")
struct TrainingHistoryTests {
    let scratch: Scratch
    let index: Index

    init() throws {
        scratch = try Scratch()
        index = try Index(at: scratch.url.appending(path: "dimorph.sqlite"))
    }

    private func run(from iteration: Int? = nil, people: [String] = ["anna", "bert"]) -> TrainingRun {
        TrainingRun(
            architecture: "dimorph-s", people: people, begun: Date(timeIntervalSince1970: 1e9), seed: .max,
            recipe: #"{"batch":8}"#, device: "cpu", resumedFrom: iteration)
    }

    private func point(_ iteration: Int, _ figures: [TrainingFigure: Double]) -> TrainingPoint {
        TrainingPoint(iteration: iteration, seconds: Double(iteration) / 4, figures: figures)
    }

    @Test("runs and points come back as they went in; figures of one iteration are joined")
    func roundTrip() throws {
        let begun = try index.begin(run())
        let id = try #require(begun.id)
        let loss = TrainingFigure.loss(ofPerson: 2)
        try index.enter([point(4, [loss: 0.25, .learningRate: 2e-3]), point(8, [loss: 0.125])], of: id)
        try index.enter([point(8, [.heldOutError: 0.5, .swapEyes: .nan])], of: id)
        let history = try #require(try index.trainingHistory())
        #expect(history.runs == [begun] && begun.model == id && begun.seed == -1)
        var expected = [
            point(4, [loss: 0.25, .learningRate: 2e-3]), point(8, [loss: 0.125, .heldOutError: 0.5]),
        ]
        for place in expected.indices { expected[place].run = id }
        #expect(history.points == expected)
        #expect(
            loss.rawValue == "loss_person_3" && TrainingFigure.loss(ofPerson: 1).rawValue == "loss_target")
    }

    @Test(
        "what a kill lost is left out of the curves, however often it happens, and nothing of it is deleted")
    func superseded() throws {
        func train(from iteration: Int?, _ iterations: [Int]) throws {
            let run = try index.begin(run(from: iteration))
            try index.enter(iterations.map { point($0, [.heldOutError: 1]) }, of: try #require(run.id))
        }
        try train(from: nil, [10, 20, 30])
        try train(from: 20, [30, 40, 50])
        try train(from: 20, [25])
        try train(from: 20, [28, 38])
        let history = try #require(try index.trainingHistory())
        #expect(history.points.map(\.iteration) == [10, 20, 28, 38])
        #expect(history.points.map(\.run) == [1, 1, 4, 4])
        #expect(try index.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM trainingPoint") } == 9)
    }

    @Test("a training from the beginning, or of others, is another model")
    func models() throws {
        _ = try index.begin(run())
        #expect(try index.begin(run(from: 5)).model == 1)
        #expect(try index.begin(run()).model == 3)
        #expect(try index.begin(run(from: 5)).model == 3)
        let other = try index.begin(run(from: 5, people: ["carl", "bert"]))
        #expect(other.model == 5)
        #expect(try index.trainingHistory()?.runs == [other])
    }

    @Test("the log writes at most once a second, keeps examinations, and joins the rest into means")
    func log() throws {
        let log = try TrainingLog(index, run())
        let start = ContinuousClock.now
        func at(_ milliseconds: Int, _ iteration: Int, _ figures: [TrainingFigure: Double]) throws {
            let seconds = Double(milliseconds) / 1000
            try log.note(
                TrainingPoint(iteration: iteration, seconds: seconds, figures: figures),
                at: start + .milliseconds(milliseconds))
        }
        let loss = TrainingFigure.loss(ofPerson: 0)
        try at(1000, 1, [loss: 1])
        try at(1300, 2, [loss: 2])
        try at(1600, 3, [.heldOutError: 0.5])
        try at(1900, 4, [loss: 4])
        #expect(try index.trainingHistory()?.points.map(\.iteration) == [1])
        try at(2100, 5, [loss: 6])
        // What a kill now would leave: all but what the next second brings.
        let points = try #require(try index.trainingHistory()).points
        #expect(points.map(\.iteration) == [1, 3, 5] && points.map { $0.figures[loss] } == [1, nil, 4])
        try at(2200, 6, [loss: 9])
        try log.close()
        #expect(try index.trainingHistory()?.points.last?.figures == [loss: 9])
    }

    @Test("days of training leave thousands of rows, not hundreds of thousands")
    func thinning() throws {
        let log = try TrainingLog(index, run())
        let start = ContinuousClock.now
        let day = 24 * 3600
        for second in stride(from: 2 * day, to: 2 * day + 900, by: 1) {
            try log.note(
                TrainingPoint(iteration: second, seconds: Double(second), figures: [.stepsPerSecond: 1]),
                at: start + .seconds(second))
        }
        try log.close()
        #expect(try index.trainingHistory()?.points.count == 20)
    }

    @Test("an index of the second version gets the tables and keeps what it has")
    func migration() throws {
        let (workspace, _, _) = try furnished(scratch.url.appending(path: "old"))
        try workspace.index.database.write { database in
            for table in ["trainingPoint", "trainingRun"] { try database.drop(table: table) }
            try database.execute(sql: "DELETE FROM grdb_migrations WHERE identifier LIKE '3:%'")
        }
        let reopened = try Workspace.open(scratch.url.appending(path: "old"), create: false)
        #expect(try reopened.index.sets().map(\.name) == ["a"])
        #expect(try reopened.index.trainingHistory() == nil)
        _ = try reopened.index.begin(run())
    }

    @Test("points that cannot be are an error that says what to do", arguments: ["x'00'", "'[1]'", "7"])
    func damaged(_ figures: String) throws {
        let run = try index.begin(run())
        try index.enter([point(1, [.heldOutError: 1])], of: try #require(run.id))
        try index.database.write { try $0.execute(sql: "UPDATE trainingPoint SET figures = \(figures)") }
        let error = #expect(throws: WorkspaceError.self) { try index.trainingHistory() }
        #expect(error?.code == .damaged && error?.message.contains("trainingPoint") == true)
    }
}
