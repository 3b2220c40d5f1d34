----------------------------- MODULE Decisions -----------------------------
(***************************************************************************)
(* What PostgreSQL decides about one key. Functions of its state alone:    *)
(* no queue, no etcd. In the code: the class Rules of the PostgreSQL sink  *)
(* and the SQL function etcd_dispatch. README.md explains the rules,       *)
(* spec.md how to read this.                                               *)
(***************************************************************************)
EXTENDS Naturals, Sequences, FiniteSets

CONSTANTS
  Policy,        \* conflict.policy: "etcd-wins", "postgres-wins" or "manual"
  Conflate,      \* TRUE: of the changes that wait only the last is sent
  Without        \* rules that are taken away, to see what they are for; {} is the protocol

Rule(name) == name \notin Without

Absent == "absent"                     \* the value of a key that is not there
Larger(a, b) == IF a > b THEN a ELSE b

(***************************************************************************)
(* A point in etcd's time is <<epoch, revision>>.                          *)
(***************************************************************************)
After(x, y) == x[1] > y[1] \/ (x[1] = y[1] /\ x[2] > y[2])

(***************************************************************************)
(* The state p of PostgreSQL:                                              *)
(*   row       the application's view of the key                           *)
(*   mirror    the value that etcd is known to have had at point applied   *)
(*   rev       its mod_revision, 0 if absent                               *)
(*   applied   the last point that was applied                             *)
(*   floor     the epoch of the last snapshot that has ended               *)
(*   wal       pending changes, oldest first. Each covers the commits ids  *)
(*             (several if conflated) and has a status:                    *)
(*               waiting   not looked at by dispatch yet                   *)
(*               inflight  on its way as number send, built on revision    *)
(*                         base of epoch, where PostgreSQL saw the value   *)
(*                         saw; due tells what dispatch has to number:     *)
(*                         nothing, the change again ("send"), a "probe"   *)
(*               held      somebody has to decide                          *)
(*   asks      requests for a snapshot and for a new epoch, unanswered     *)
(*   untrusted 0, or the request whose snapshot makes answers trustworthy  *)
(*   number    the last number given to anything that is sent              *)
(*   origin    the identity under which it sends                           *)
(*   made      number of commits; confirmed, lost: what became of them     *)
(***************************************************************************)
Change(p, value) ==
  [ids |-> {p.made + 1}, value |-> value, status |-> "waiting", send |-> 0, probe |-> 0, due |-> "nothing",
   base |-> 0, saw |-> Absent, epoch |-> 0]

Pending(p)  == p.wal # <<>>
InFlight(p) == Pending(p) /\ Head(p.wal).status = "inflight"
Decided(p)  == Pending(p) /\ Head(p.wal).status # "waiting"       \* in flight or held
Held(p)     == Pending(p) /\ Head(p.wal).status = "held"
WithHead(p, change) == [p EXCEPT !.wal[1] = change]

RowFollows(p) == IF Pending(p) /\ Rule("the row waits for pending changes") THEN p ELSE [p EXCEPT !.row = p.mirror]
Confirm(p)    == RowFollows([p EXCEPT !.wal = Tail(@), !.confirmed = @ \cup Head(p.wal).ids])
LoseAll(p)    == [p EXCEPT !.wal = IF Rule("a lost change is not pending") THEN <<>> ELSE @, !.row = p.mirror,
                           !.lost = @ \cup UNION {p.wal[i].ids : i \in DOMAIN p.wal}]

(* ---------------------------------------------------------------- dispatch *)

RECURSIVE Conflated(_)
Conflated(p) ==
  IF ~Conflate \/ Len(p.wal) < 2 \/ p.wal[2].status # "waiting" THEN p
  ELSE Conflated([p EXCEPT !.wal = <<[p.wal[2] EXCEPT !.ids = @ \cup p.wal[1].ids]>> \o SubSeq(p.wal, 3, Len(p.wal))])

(* A revision belongs to the epoch in which it was mirrored. Each snapshot that has ended says again that an absent key is absent. *)
BaseEpoch(p) ==
  IF p.rev = 0 /\ Rule("epoch of an absent key") THEN Larger(p.applied[1], p.floor) ELSE p.applied[1]

(* The action that is due gets the next number. A send is built on the mirrored revision. *)
Number(p, i) ==
  LET c == p.wal[i] IN
  CASE c.due = "send" ->
         [p EXCEPT !.number = @ + 1,
                   !.wal[i] = [c EXCEPT !.send = p.number + 1, !.probe = 0, !.due = "nothing", !.saw = p.mirror,
                                        !.base = IF c.send = 0 \/ Rule("sent again on the mirrored revision") THEN p.rev ELSE @,
                                        !.epoch = BaseEpoch(p)]]
    [] c.due = "probe" -> [p EXCEPT !.number = @ + 1, !.wal[i] = [c EXCEPT !.probe = p.number + 1, !.due = "nothing"]]
    [] OTHER -> p

RECURSIVE Dispatched(_)
Dispatched(p) ==
  IF ~Pending(p) THEN p
  ELSE IF Head(p.wal).status = "waiting" THEN
    LET q == Conflated(p) IN
    IF Head(q.wal).value = q.mirror THEN Dispatched(Confirm(q))           \* etcd has it already
    ELSE Dispatched(WithHead(q, [Head(q.wal) EXCEPT !.status = "inflight", !.due = "send"]))
  ELSE IF Rule("one in flight") \/ Len(p.wal) < 2 \/ p.wal[2].status # "waiting" THEN Number(p, 1)
  ELSE Number([Number(p, 1) EXCEPT !.wal[2].status = "inflight", !.wal[2].due = "send"], 2)

(* ---------------------------------------------------------------- records of the topic *)

(* Somebody else changed the key, perhaps after a change of ours that nobody saw. *)
Foreign(p) ==
  CASE ~Pending(p)                            -> RowFollows(p)
    [] Pending(p) /\ Policy = "etcd-wins"     -> LoseAll(p)
    [] Pending(p) /\ Policy = "postgres-wins" -> IF InFlight(p) THEN WithHead(p, [Head(p.wal) EXCEPT !.due = "send"]) ELSE p
    [] Pending(p) /\ Policy = "manual"        -> WithHead(p, [Head(p.wal) EXCEPT !.status = "held", !.due = "nothing"])

AskNewEpoch(p, wrong) ==
  IF \E a \in p.asks : a.kind = "new epoch" /\ a.epoch = wrong THEN p
  ELSE [p EXCEPT !.number = @ + 1, !.asks = @ \cup {[kind |-> "new epoch", id |-> p.number + 1, send |-> p.number + 1, epoch |-> wrong]}]
AskSnapshot(p, epoch) ==
  [p EXCEPT !.number = @ + 1, !.untrusted = p.number + 1,
            !.asks = @ \cup {[kind |-> "request", id |-> p.number + 1, send |-> p.number + 1, epoch |-> epoch]}]

(* The key had that value (or was absent) at that point. *)
Observe(p, value, at) ==
  LET same == value = p.mirror
      q    == [p EXCEPT !.mirror = value, !.rev = IF value = Absent THEN 0 ELSE at[2], !.applied = at]
  IN IF Decided(q) /\ Head(q.wal).value = value /\ Rule("its own value confirms") THEN Confirm(q)
     ELSE IF Pending(q) /\ same /\ Rule("same value is no conflict") THEN
       IF InFlight(q) /\ Head(q.wal).epoch < at[1] /\ Rule("sent again in a new epoch")
         THEN WithHead(q, [Head(q.wal) EXCEPT !.due = "send"])            \* the old send can only be refused
         ELSE q
     ELSE Foreign(q)

(* A snapshot shows the key as it was at S. A state that etcd's own order does not allow belongs to another history. *)
Contradicts(p, value, at, S) ==
  \/ After(p.applied, at) /\ ~After(p.applied, <<at[1], S>>)
  \/ p.applied = at /\ value # p.mirror

OnEvent(p, x)    == IF After(x.at, p.applied) \/ ~Rule("applied in order") THEN Observe(p, x.value, x.at) ELSE p
OnSnapshot(p, x) ==
  IF Contradicts(p, x.value, x.at, x.S) THEN AskNewEpoch(p, x.at[1]) ELSE OnEvent(p, x)

(* A manifest: at x.at the key was there (x.live) or not. Behind the gap, a probe asks for the change in flight. *)
OnManifest(p, x) ==
  LET gone == ~x.live /\ (Pending(p) \/ p.mirror # Absent) /\ Rule("deletions from manifests")
      q    == IF gone THEN OnEvent(p, [value |-> Absent, at |-> x.at]) ELSE p
  IN IF InFlight(q) /\ Head(q.wal).due = "nothing" /\ Head(q.wal).epoch = x.at[1] /\ Rule("probe after a gap")
       THEN WithHead(q, [Head(q.wal) EXCEPT !.due = "probe"]) ELSE q

(* An answer of the etcd sink: x.what is the outcome of the send x.of. *)
OnAnswer(p, x) ==
  IF p.untrusted # 0 /\ Rule("no trust after a loss") THEN p
  ELSE IF ~InFlight(p) \/ Head(p.wal).due # "nothing" \/ Head(p.wal).send # x.of THEN p
  ELSE LET c == Head(p.wal) IN
       CASE x.what = "failed"     -> WithHead(p, [c EXCEPT !.status = "held"])
         [] x.what # "failed" /\ c.value = p.mirror -> Confirm(p)
         [] x.what = "refused" /\ c.value # p.mirror ->
              IF c.base # 0 /\ c.base = p.rev /\ c.epoch = p.applied[1]
                THEN AskNewEpoch(p, p.applied[1])                            \* refused on what is mirrored
                ELSE WithHead(p, [c EXCEPT !.due = "send"])
         [] x.what = "processed" /\ c.value # p.mirror ->
              IF c.base # 0 /\ c.base = p.rev /\ c.epoch = p.applied[1] /\ Rule("a contradiction is held")
                THEN WithHead(p, [c EXCEPT !.status = "held"])               \* written, and yet etcd has not left its base
                ELSE Foreign(p)                                            \* the change was written, and undone before anybody looked

(* The end of a snapshot that answers the requests up to x.request. *)
OnEnd(p, x) ==
  LET open  == {a \in p.asks : IF a.kind = "request" THEN a.id > x.request ELSE a.epoch >= x.at[1]}
      again == {a \in open : a.kind = "request" /\ a.epoch < x.at[1]}     \* requested from an etcd that no longer exists
      q     == [p EXCEPT !.floor = Larger(@, x.at[1]),
                         !.untrusted = IF @ <= x.request THEN 0 ELSE @,
                         !.asks = open]
  IN IF again = {} THEN q
     ELSE [q EXCEPT !.number = @ + 1, !.asks = (open \ again) \cup {[a EXCEPT !.send = q.number + 1, !.epoch = x.at[1]] : a \in again}]

(* Records before this one were lost. *)
OnLoss(p, epoch) == IF Rule("chain") THEN AskSnapshot(p, epoch) ELSE p

(* ---------------------------------------------------------------- people *)

Commit(p, value) == [p EXCEPT !.row = value, !.made = @ + 1, !.wal = Append(@, Change(p, value))]

GiveUp(p) ==        \* etcd_resolve(key, 'etcd')
  LET q == [p EXCEPT !.wal = Tail(@), !.lost = @ \cup Head(p.wal).ids] IN RowFollows(q)
(* etcd_become_original(): what is on its way under the old origin is sent again under the new one. *)
BecomeOriginal(p) ==
  LET q == [p EXCEPT !.origin = @ + 1, !.number = @ + Cardinality(p.asks),
                     !.asks = {[a EXCEPT !.send = p.number + Cardinality({b \in p.asks : b.id <= a.id})] : a \in p.asks}]
  IN IF InFlight(q) THEN WithHead(q, [Head(q.wal) EXCEPT !.due = "send"]) ELSE q
Insist(p) == WithHead(p, [Head(p.wal) EXCEPT !.status = "inflight", !.due = "send"])      \* etcd_resolve(key, 'postgres')
=============================================================================
