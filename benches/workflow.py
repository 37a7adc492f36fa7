"""The dossier of consultation.rs in SpiffWorkflow: nanoseconds of CPU time a step, or bytes a dossier, as JSON."""

import gc
import io
import json
import statistics
import sys
import time
import tracemalloc
from importlib.metadata import version

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

STEPS = ["receive", "check", "assign", "process", "consult-a", "consult-b", "approve", "sign", "return"]
FLOWS = [
    ("start", "receive"),
    ("receive", "check"),
    ("check", "assign"),
    ("assign", "process"),
    ("process", "fork"),
    ("fork", "consult-a"),
    ("fork", "consult-b"),
    ("consult-a", "join"),
    ("consult-b", "join"),
    ("join", "approve"),
    ("approve", "sign"),
    ("sign", "return"),
    ("return", "end"),
]


def bpmn():
    nodes = [("startEvent", "start"), ("endEvent", "end"), ("parallelGateway", "fork"), ("parallelGateway", "join")]
    nodes += [("userTask", step) for step in STEPS]
    text = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="bench">'
    text += '<process id="dossier" isExecutable="true">'
    for kind, node in nodes:
        into = "".join(f"<incoming>{a}.{b}</incoming>" for a, b in FLOWS if b == node)
        out = "".join(f"<outgoing>{a}.{b}</outgoing>" for a, b in FLOWS if a == node)
        text += f'<{kind} id="{node}" name="{node}">{into}{out}</{kind}>'
    for a, b in FLOWS:
        text += f'<sequenceFlow id="{a}.{b}" sourceRef="{a}" targetRef="{b}"/>'
    return text + "</process></definitions>"


parser = BpmnParser()
parser.add_bpmn_io(io.BytesIO(bpmn().encode()))
spec = parser.get_spec("dossier")
serializer = BpmnWorkflowSerializer()
name = f"SpiffWorkflow {version('SpiffWorkflow')}"


def begun(steps):
    workflow = BpmnWorkflow(spec)
    workflow.do_engine_steps()
    for step in steps:
        workflow.get_next_task(state=TaskState.READY, spec_name=step).run()
        workflow.do_engine_steps()
    return workflow


def cpu(operations, run):
    run()
    runs = []
    for _ in range(5):
        begun_at = time.process_time_ns()
        run()
        runs.append((time.process_time_ns() - begun_at) / operations)
    return statistics.median(runs)


def speed():
    dossiers = 200

    def steps():
        for _ in range(dossiers):
            assert begun(STEPS).is_completed()

    parked = begun(STEPS[:5])

    def save_and_load():
        for _ in range(dossiers):
            serializer.deserialize_json(serializer.serialize_json(parked))

    return {
        "spiff_step": {"name": name, "ns": cpu(dossiers * len(STEPS), steps)},
        "spiff_save": {"name": name, "ns": cpu(dossiers, save_and_load)},
    }


def memory():
    dossiers = 500
    begun(STEPS[:5])
    gc.collect()
    tracemalloc.start()
    kept = [begun(STEPS[:5]) for _ in range(dossiers)]
    gc.collect()
    live = tracemalloc.get_traced_memory()[0] / dossiers
    saved = len(serializer.serialize_json(kept[0]).encode())
    return {"spiff_live": {"name": name, "bytes": live}, "spiff_saved": {"name": name, "bytes": saved}}


print(json.dumps(memory() if sys.argv[-1] == "memory" else speed()))
