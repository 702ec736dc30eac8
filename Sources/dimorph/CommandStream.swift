import Commands
import Foundation

/// Runs commands one after the other in one process, for `Scripts/fuzz`: starting the program takes longer than reading
/// most files.
///
/// Each line of standard input is a JSON array of a command's arguments. The command runs as it would alone; its exit code
/// goes to file descriptor 3 as a line of its own. A command that ends the process leaves no line.
enum CommandStream {
    /// The program's only argument where it is to do this. Not in the help.
    static let argument = "--commands-from-standard-input"

    static func run() async -> Int32 {
        let codes = FileHandle(fileDescriptor: 3)
        while let line = readLine() {
            guard let arguments = try? JSONDecoder().decode([String].self, from: Data(line.utf8)) else {
                return 2
            }
            let code = await Launcher<Dimorph>.run(arguments)
            guard (try? codes.write(contentsOf: Data("\(code)\n".utf8))) != nil else { return 1 }
        }
        return 0
    }
}
