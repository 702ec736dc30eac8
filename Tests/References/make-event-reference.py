"""Writes Tests/TrainingTests/Golden/events.tfevents with TensorBoard's own writer, for EventFileTests.

usage: python make-event-reference.py    (tensorboard 2.21.0; nothing in it is random)
"""
import pathlib

from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

events = [
    event_pb2.Event(wall_time=1234567890.25, file_version="brain.Event:2"),
    event_pb2.Event(wall_time=1234567890.5, step=300, session_log=event_pb2.SessionLog(status=1)),
    event_pb2.Event(
        wall_time=1234567891.75,
        step=300,
        summary=summary_pb2.Summary(
            value=[
                summary_pb2.Summary.Value(tag="loss_source", simple_value=0.03125),
                summary_pb2.Summary.Value(tag="held_out", simple_value=0.1),
            ]
        ),
    ),
    event_pb2.Event(
        wall_time=1234567892.0,
        step=70000,
        summary=summary_pb2.Summary(
            value=[
                summary_pb2.Summary.Value(
                    tag="preview",
                    image=summary_pb2.Summary.Image(
                        height=200, width=3, colorspace=3, encoded_image_string=bytes(range(256)) * 2
                    ),
                )
            ]
        ),
    ),
]
golden = pathlib.Path(__file__).parent.parent / "TrainingTests" / "Golden"
golden.mkdir(exist_ok=True)
with open(golden / "events.tfevents", "wb") as file:
    writer = RecordWriter(file)
    for event in events:
        writer.write(event.SerializeToString())
