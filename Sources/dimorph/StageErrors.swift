import Commands
import Curation
import Evaluation
import Extraction
import Media
import Swapping

// The errors of the rooms that training does not use, as the command line hears them.
extension MediaError: StageError {}
extension ExtractionError: StageError {}
extension CurationError: StageError {}
extension SwappingError: StageError {}
extension EvaluationError: StageError {}
