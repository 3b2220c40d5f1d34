package dev.etcdpg.pg.sink.resolve;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Outcome;
import java.util.ArrayList;
import java.util.List;

/** All kinds of states and inputs. */
final class Cases {

    static final String OURS = "ours";
    static final Content A = Content.of(new Digest(1, 0, 0, 0));
    static final Content B = Content.of(new Digest(2, 0, 0, 0));
    static final List<Content> CONTENTS = List.of(Content.ABSENT, A, B, Content.UNREPRESENTABLE);
    private static final long SEND = 70;

    private Cases() {}

    static List<KeySyncState> states() {
        List<KeySyncState> states = new ArrayList<>();
        for (Mirror mirror : mirrors()) {
            List<Revision> highs = mirror.equals(Mirror.NEVER)
                    ? List.of(Revision.NONE)
                    : mirror.revision() == 0
                            ? List.of(new Revision(2, 20))
                            : List.of(new Revision(2, mirror.revision()));
            for (Revision high : highs) {
                for (Flight flight : flights()) {
                    for (int waiting = 0; waiting < 4; waiting++) {
                        long settled = 3;
                        long change = flight == null ? settled : flight.changeId();
                        long last = waiting == 0 ? (flight == null ? 0 : change) : change + 2;
                        Content local = waiting == 0
                                ? (flight == null ? Content.ABSENT : flight.sent())
                                : CONTENTS.get(waiting - 1);
                        for (boolean lost : new boolean[] {false, true}) {
                            states.add(new KeySyncState(mirror, high, settled, flight, last, local, true, lost));
                            if (waiting != 0) {
                                states.add(new KeySyncState(mirror, high, settled, flight, last, local, false, lost));
                            }
                        }
                    }
                }
            }
        }
        return states;
    }

    private static List<Mirror> mirrors() {
        return List.of(
                Mirror.NEVER,
                new Mirror(2, 0, Content.ABSENT, 0, 0, 0),
                new Mirror(2, 20, A, 20, 1, 0),
                new Mirror(2, 20, Content.UNREPRESENTABLE, 0, 0, 0));
    }

    private static List<Flight> flights() {
        List<Flight> flights = new ArrayList<>();
        flights.add(null);
        for (Content sent : List.of(Content.ABSENT, A, B)) {
            for (Revision base : List.of(
                    new Revision(1, 0),
                    new Revision(2, 0),
                    new Revision(2, 20),
                    new Revision(2, 19),
                    new Revision(3, 20))) {
                for (Flight.NextAction due :
                        new Flight.NextAction[] {null, Flight.NextAction.SEND, Flight.NextAction.PROBE}) {
                    flights.add(new Flight(Flight.Status.INFLIGHT, 5, sent, SEND, 0, due, base, null));
                }
                flights.add(new Flight(Flight.Status.HELD, 5, sent, SEND, 0, null, base, "why"));
            }
        }
        return flights;
    }

    static List<Input> inputs() {
        List<Input> inputs = new ArrayList<>();
        for (Revision at : List.of(
                new Revision(1, 30),
                new Revision(2, 19),
                new Revision(2, 20),
                new Revision(2, 21),
                new Revision(3, 5))) {
            for (Content content : CONTENTS) {
                for (long snapshot : new long[] {0, at.revision(), at.revision() + 3}) {
                    boolean live = content.isLive();
                    inputs.add(new Input.Observed(
                            at,
                            content,
                            content.isValue() ? Oracle.name(content) : null,
                            live ? at.revision() : 0,
                            live ? 1 : 0,
                            0,
                            snapshot));
                }
            }
            inputs.add(new Input.Read(at, true));
            inputs.add(new Input.Read(at, false));
        }
        for (Outcome outcome : Outcome.values()) {
            for (String origin : List.of(OURS, "another")) {
                for (long of : new long[] {SEND, SEND - 1}) {
                    inputs.add(new Input.Answered(new Revision(2, 50), origin, of, outcome, null));
                }
            }
        }
        return inputs;
    }
}
