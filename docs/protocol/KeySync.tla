------------------------------ MODULE KeySync ------------------------------
(***************************************************************************)
(* One key on its way round: etcd, the etcd source, the topic to           *)
(* PostgreSQL ("down"), PostgreSQL with its sink, the topic to etcd        *)
(* ("up"), the etcd sink; with writers on both sides, crashes, compaction, *)
(* records lost from the topics and an etcd restored from a backup.        *)
(* What PostgreSQL decides is in Decisions.tla. spec.md tells the rest.    *)
(***************************************************************************)
EXTENDS Decisions

CONSTANTS
  Values,            \* values that writers write
  MaxSql, MaxApp,    \* commits in PostgreSQL, writes of others to etcd
  MaxCompactions, MaxCrashes, MaxRequests, MaxFailures, MaxEpochs, MaxLosses, MaxRestores,     \* how often each may happen
  MaxForeigners, MaxCopies,
  Forgets            \* TRUE: a compaction may lose a deletion at exactly the compacted revision

VARIABLES
  etcd,       \* log, compacted, clock
  source,     \* the etcd source: its position and its snapshot
  down,       \* partitions of the topic to PostgreSQL; all is in the first one
  pg,         \* PostgreSQL: see Decisions
  produced,   \* last number that the source of PostgreSQL's changes has put into up
  up,         \* topic to etcd
  used,       \* records taken from up (kept only while etcd may still be restored)
  hole,       \* whether the record put next into down or up follows one that was lost
  happened    \* how often each misfortune has come

vars == <<etcd, source, down, pg, produced, up, used, hole, happened>>

(***************************************************************************)
(* etcd is its log: what happened at revision r is log[r]. All the rest    *)
(* can be told from it, at any revision of the past.                       *)
(***************************************************************************)
Nothing == [kind |-> "data", value |-> Absent, by |-> {}, base |-> 0, saw |-> Absent, n |-> 0, of |-> 0, what |-> "", arg |-> 0,
            origin |-> 1, db |-> "original"]

Last(log, kind, S) ==            \* the last revision up to S of that kind, 0 for none
  LET R == {r \in 1..S : log[r].kind = kind} IN IF R = {} THEN 0 ELSE CHOOSE r \in R : \A q \in R : q <= r
ValueAt(log, S) == LET r == Last(log, "data", S) IN IF r = 0 THEN Absent ELSE log[r].value
RevisionAt(log, S) == IF ValueAt(log, S) = Absent THEN 0 ELSE Last(log, "data", S)         \* mod_revision
EpochAt(log, S) == LET r == Last(log, "epoch", S) IN IF r = 0 THEN 1 ELSE log[r].arg

Now       == Len(etcd.log)
Value     == ValueAt(etcd.log, Now)
Revision  == RevisionAt(etcd.log, Now)
Epoch     == EpochAt(etcd.log, Now)
Requested == LET r == Last(etcd.log, "request", Now) IN IF r = 0 THEN 0 ELSE etcd.log[r].arg

(* Who has sent what: the numbers of the sends that were processed, from a database under an origin. *)
Sent(log, origin, dbs) == {r \in DOMAIN log : log[r].n # 0 /\ log[r].origin = origin /\ log[r].db \in dbs}
Databases == {"original", "copy"}
Passed(log, x) ==            \* the last number passed of the database that has sent x
  LET dbs == IF Rule("a superseded database is refused") THEN {x.db} ELSE Databases
      N == {log[r].n : r \in Sent(log, x.origin, dbs)} \cup {0}
  IN CHOOSE m \in N : \A n \in N : n <= m
Superseded(log, x) ==        \* another database has taken its place under this origin
  LET all == Sent(log, x.origin, Databases)
      own == Sent(log, x.origin, {x.db})
  IN own # {} /\ \E r \in all : log[r].db # x.db /\ \A q \in own : q < r

Written(entry)    == [etcd EXCEPT !.log = Append(@, entry)]
NewEpoch(n)       == [etcd EXCEPT !.clock = @ + 1,
                                  !.log = Append(@, [Nothing EXCEPT !.kind = "epoch", !.arg = etcd.clock + 1, !.n = n])]

(***************************************************************************)
(* The topics. A record that follows a lost one is "broken": that is what  *)
(* the sink sees from the number of the predecessor in it.                 *)
(***************************************************************************)
Partition(kind) == IF Rule("one partition") \/ kind \notin {"manifest", "answer"} THEN 1 ELSE 2
Down(records) ==             \* these records are put into down, in order
  LET Add[i \in 0..Len(records)] ==
        IF i = 0 THEN down
        ELSE LET l == Partition(records[i].kind) IN
             [Add[i - 1] EXCEPT ![l] = Append(@, [records[i] EXCEPT !.broken = hole.down /\ i = 1])]
  IN /\ down' = Add[Len(records)]
     /\ hole' = IF records = <<>> THEN hole ELSE [hole EXCEPT !.down = FALSE]
Record(kind, revision) ==
  [kind |-> kind, at |-> <<source.epoch, revision>>, value |-> Absent, S |-> 0, by |-> {}, live |-> FALSE,
   of |-> 0, what |-> "", request |-> 0, broken |-> FALSE, foreign |-> FALSE]
Heartbeat ==                 \* the other records of up are made from it
  [kind |-> "heartbeat", n |-> 0, of |-> 0, ids |-> {}, value |-> Absent, base |-> 0, saw |-> Absent, epoch |-> 0, broken |-> FALSE,
   origin |-> 1, db |-> "original"]

---------------------------------------------------------------------------
(* Writers and misfortunes *)

(* A limit of the protocol, here an assumption: if nothing in a restored etcd tells of another epoch, the source looks at that etcd      *)
(* before it has grown to the revision that the source had reached.                                                                     *)
InTime == source.open \/ Epoch # source.epoch \/ Now + 1 < source.delivered \/ ~Rule("looked at in time")

Happens(what, most) == happened[what] < most /\ happened' = [happened EXCEPT ![what] = @ + 1]

AppWrites == \E v \in Values \cup {Absent} :
  /\ v # Absent \/ Value # Absent
  /\ InTime
  /\ Happens("app", MaxApp)
  /\ etcd' = Written([Nothing EXCEPT !.value = v])
  /\ UNCHANGED <<source, down, pg, produced, up, used, hole>>

SqlCommits == \E v \in Values \cup {Absent} :
  /\ v # pg.row /\ pg.made < MaxSql
  /\ pg' = Commit(pg, v)
  /\ UNCHANGED <<etcd, source, down, produced, up, used, hole, happened>>

SomebodyResolves ==
  /\ Policy = "manual" /\ Held(pg)
  /\ pg' \in {GiveUp(pg), Insist(pg)}
  /\ UNCHANGED <<etcd, source, down, produced, up, used, hole, happened>>

Compaction == \E forgot \in {FALSE} \cup {Forgets} :      \* etcd may be killed in the midst of it
  /\ etcd.compacted < Now /\ Happens("compaction", MaxCompactions)
  /\ forgot => etcd.log[Now].kind = "data" /\ etcd.log[Now].value = Absent
  /\ etcd' = [etcd EXCEPT !.compacted = Now, !.forgot = forgot]
  /\ UNCHANGED <<source, down, pg, produced, up, used, hole>>

SourceCrashes == \E p \in 0..source.delivered :         \* back to any offset it may have stored
  /\ Happens("crash", MaxCrashes)
  /\ source' = [source EXCEPT !.delivered = p, !.epoch = EpochAt(etcd.log, p),
                              !.phase = IF @ = "watch" THEN "watch" ELSE IF source.jumped THEN "gap" ELSE "wanted",
                              !.S = 0, !.due = 0, !.answer = 0]
  /\ UNCHANGED <<etcd, down, pg, produced, up, used, hole>>

PgSourceCrashes == \E n \in 0..produced :
  /\ n < produced /\ Happens("crash", MaxCrashes)
  /\ produced' = n
  /\ UNCHANGED <<etcd, source, down, pg, up, used, hole>>

SomebodyRequests ==          \* a snapshot, without a reason
  /\ source.phase = "watch" /\ Happens("request", MaxRequests)
  /\ source' = [source EXCEPT !.phase = "wanted"]
  /\ UNCHANGED <<etcd, down, pg, produced, up, used, hole>>

SomebodyBeginsAnEpoch ==     \* the sink of another partition, which has lost something
  /\ Happens("epoch", MaxEpochs)
  /\ etcd' = NewEpoch(0)
  /\ UNCHANGED <<source, down, pg, produced, up, used, hole>>

SomebodyElseSpeaks ==        \* a source of another prefix writes this topic: none of its keys is this one
  /\ Happens("foreigner", MaxForeigners)
  /\ down' = [down EXCEPT ![1] = Append(@, [Record("manifest", Now) EXCEPT !.foreign = TRUE])]
  /\ UNCHANGED <<etcd, source, pg, produced, up, used, hole>>

CopySends ==                 \* a copy of the database, under the same origin, has changed another key
  /\ Happens("copy", MaxCopies)
  /\ up' = Append(up, [Heartbeat EXCEPT !.kind = "other", !.n = pg.number + 1, !.db = "copy"])
  /\ UNCHANGED <<etcd, source, down, pg, produced, used, hole>>

Cut(s, i, j) ==         \* the sequence without its elements i to j; what follows is broken
  LET rest == SubSeq(s, j + 1, Len(s)) IN
  SubSeq(s, 1, i - 1) \o (IF rest = <<>> THEN rest ELSE <<[Head(rest) EXCEPT !.broken = TRUE]>> \o Tail(rest))
DownIsLost == \E i \in DOMAIN down[1] : \E j \in i..Len(down[1]) :
  /\ Happens("loss", MaxLosses)
  /\ down' = [down EXCEPT ![1] = Cut(@, i, j)]
  /\ hole' = [hole EXCEPT !.down = @ \/ j = Len(down[1])]
  /\ UNCHANGED <<etcd, source, pg, produced, up, used>>
UpIsLost == \E i \in DOMAIN up : \E j \in i..Len(up) :
  /\ Happens("loss", MaxLosses)
  /\ up' = Cut(up, i, j)
  /\ hole' = [hole EXCEPT !.up = @ \/ j = Len(up)]
  /\ UNCHANGED <<etcd, source, down, pg, produced, used>>

(* etcd as it was at revision b, with its bookkeeping keys. The etcd sink begins where it stood, or where the restored progress key     *)
(* says, whatever is later; in the first case it has seen that etcd forgot something, which is noted here as a broken record.           *)
EtcdIsRestored == \E b \in 0..(Now - 1) : \E stood \in 0..Len(used) :
  LET log      == SubSeq(etcd.log, 1, b)
      progress == Cardinality({i \in DOMAIN used : used[i].n <= Passed(log, used[i])})
      from     == Larger(stood, progress)
  IN /\ Happens("restore", MaxRestores)
     /\ etcd' = [etcd EXCEPT !.log = log, !.compacted = IF @ > b THEN b ELSE @]
     /\ up' = (IF stood > progress THEN <<[Heartbeat EXCEPT !.broken = TRUE]>> ELSE <<>>) \o SubSeq(used, from + 1, Len(used)) \o up
     /\ used' = <<>>
     /\ source' = [source EXCEPT !.open = FALSE]
     /\ UNCHANGED <<down, pg, produced, hole>>

---------------------------------------------------------------------------
(* The etcd source. Phases: watch; wanted (a snapshot must begin); gap (so, and from etcd's present revision on); pages; answers. *)

(* Whether etcd still has the history that was delivered. The source asks whenever it opens a watch. *)
EventIs == IF source.event = 0 \/ source.event <= etcd.compacted THEN "unknown"
           ELSE IF source.event <= Now /\ etcd.log[source.event].kind = "data" /\ etcd.log[source.event].value = source.value
                THEN "as remembered" ELSE "otherwise"
SameSigns == Now >= source.delivered /\ EventIs = "as remembered"
Verdict ==
  CASE ~Rule("history is checked") -> "go on"
    [] Epoch < source.epoch -> "new epoch"
    [] Epoch > source.epoch -> IF SameSigns /\ Last(etcd.log, "epoch", Now) > source.delivered THEN "go on" ELSE "gap"
    [] OTHER -> IF Now < source.delivered \/ EventIs = "otherwise" THEN "new epoch" ELSE "go on"

SourceOpens ==
  /\ ~source.open
  /\ etcd' = IF Verdict = "new epoch" THEN NewEpoch(0) ELSE etcd         \* then it looks again
  /\ source' = CASE Verdict = "new epoch" -> source
                 [] Verdict = "gap"       -> [source EXCEPT !.open = TRUE, !.phase = "gap"]
                 [] Verdict = "go on"     -> [source EXCEPT !.open = TRUE]
  /\ UNCHANGED <<down, pg, produced, up, used, hole, happened>>

(* etcd delivers events from the compacted revision on, but that of this revision may be missing. *)
Trusted == IF Rule("no watch from the compacted revision") THEN source.delivered >= etcd.compacted
           ELSE source.delivered + 1 >= etcd.compacted
Reads == source.open /\ source.delivered < Now /\ Trusted /\ source.phase # "gap"

SourceDelivers ==
  /\ Reads
  /\ source.phase = "answers" => source.delivered < source.due            \* the answers go out before the events that follow them
  /\ LET r == source.delivered + 1
         x == etcd.log[r]
         held == source.phase # "watch" /\ Rule("answers wait for the snapshot")
     IN CASE etcd.forgot /\ r = etcd.compacted -> source' = [source EXCEPT !.delivered = r] /\ UNCHANGED <<down, hole>>
          [] x.kind = "data" /\ ~(etcd.forgot /\ r = etcd.compacted) ->
               /\ Down(<<[Record("event", r) EXCEPT !.value = x.value, !.by = x.by]>>)
               /\ source' = [source EXCEPT !.delivered = r, !.event = IF MaxRestores = 0 THEN 0 ELSE r,
                                           !.value = IF MaxRestores = 0 THEN Absent ELSE x.value]
          [] x.kind = "answer" ->
               /\ Down(IF held THEN <<>> ELSE <<[Record("answer", r) EXCEPT !.of = x.of, !.what = x.what]>>)
               /\ source' = [source EXCEPT !.delivered = r]
          [] x.kind = "epoch" /\ x.arg > source.epoch ->
               /\ source' = [source EXCEPT !.delivered = r, !.epoch = x.arg, !.phase = "wanted", !.jumped = TRUE]
               /\ UNCHANGED <<down, hole>>
          [] OTHER -> source' = [source EXCEPT !.delivered = r] /\ UNCHANGED <<down, hole>>
  /\ UNCHANGED <<etcd, pg, produced, up, used, happened>>

SnapshotBegins ==
  /\ source.open
  /\ \/ /\ source.phase = "gap" \/ ~Trusted
        /\ source' = [source EXCEPT !.delivered = Now, !.epoch = Epoch, !.event = 0, !.value = Absent, !.phase = "pages", !.S = Now,
                                    !.due = 0, !.answer = 0, !.request = Requested, !.jumped = TRUE]
     \/ /\ Trusted
        /\ source.phase = "wanted" \/ (source.phase = "watch" /\ Requested > source.done)
        /\ source' = [source EXCEPT !.phase = "pages", !.S = Now, !.request = Requested]
  /\ UNCHANGED <<etcd, down, pg, produced, up, used, hole, happened>>

PageIsReadAgain ==           \* at a revision of its own, when that of the snapshot is compacted
  /\ source.open /\ source.phase = "pages" /\ source.S < etcd.compacted
  /\ source' = [source EXCEPT !.S = Now]
  /\ UNCHANGED <<etcd, down, pg, produced, up, used, hole, happened>>

PageIsSent ==                \* behind the events up to its revision; with the end mark, for there is one key; then the answers are read
  /\ source.open /\ source.phase = "pages" /\ source.delivered >= source.S /\ source.S <= Now
  /\ LET S == source.S
         v == ValueAt(etcd.log, S)
         row == [Record("snapshot", RevisionAt(etcd.log, S)) EXCEPT !.value = v, !.S = S]
     IN Down((IF v = Absent THEN <<>> ELSE <<row>>)
             \o <<[Record("manifest", S) EXCEPT !.live = (IF Rule("a page is of one revision") THEN v ELSE Value) # Absent], [Record("end", S) EXCEPT !.request = source.request]>>)
  /\ source' = [source EXCEPT !.phase = "answers", !.S = 0, !.due = Now, !.answer = Last(etcd.log, "answer", Now)]
  /\ UNCHANGED <<etcd, pg, produced, up, used, happened>>

SnapshotEnds ==              \* the answers, behind the events up to the revision at which they were read
  /\ source.open /\ source.phase = "answers" /\ source.delivered >= source.due
  /\ IF source.answer = 0 THEN UNCHANGED <<down, hole>>
     ELSE LET x == etcd.log[source.answer] IN Down(<<[Record("answer", source.due) EXCEPT !.of = x.of, !.what = x.what]>>)
  /\ source' = [source EXCEPT !.phase = "watch", !.due = 0, !.answer = 0, !.done = source.request, !.request = 0, !.jumped = FALSE]
  /\ UNCHANGED <<etcd, pg, produced, up, used, happened>>

SourceBeats ==               \* heartbeats matter only where something was lost
  /\ source.open /\ hole.down /\ Rule("heartbeats")
  /\ Down(<<Record("heartbeat", 0)>>)
  /\ UNCHANGED <<etcd, source, pg, produced, up, used, happened>>

---------------------------------------------------------------------------
(* PostgreSQL *)

Dispatch ==
  /\ Dispatched(pg) # pg
  /\ pg' = Dispatched(pg)
  /\ UNCHANGED <<etcd, source, down, produced, up, used, hole, happened>>

Sends ==                     \* numbered and not produced yet
  LET wal == {pg.wal[i] : i \in {i \in DOMAIN pg.wal : pg.wal[i].status = "inflight" /\ pg.wal[i].due # "send"}}
      change(c) == [Heartbeat EXCEPT !.n = c.send, !.of = c.send, !.kind = "change", !.ids = c.ids, !.value = c.value,
                                     !.base = c.base, !.saw = c.saw, !.epoch = c.epoch]
      probe(c)  == [change(c) EXCEPT !.n = c.probe, !.kind = "probe"]
      ask(a)    == [Heartbeat EXCEPT !.n = a.send, !.of = a.id, !.kind = a.kind, !.epoch = a.epoch]
  IN {[s EXCEPT !.origin = pg.origin] : s \in {s \in {change(c) : c \in wal} \cup {probe(c) : c \in wal} \cup {ask(a) : a \in pg.asks} : s.n > produced}}

PgSourceProduces == \E s \in Sends :
  /\ \A other \in Sends : s.n <= other.n
  /\ up' = Append(up, [s EXCEPT !.broken = hole.up])
  /\ hole' = [hole EXCEPT !.up = FALSE]
  /\ produced' = s.n
  /\ UNCHANGED <<etcd, source, down, pg, used, happened>>

PgSourceBeats ==
  /\ hole.up /\ Rule("heartbeats")
  /\ up' = Append(up, [Heartbeat EXCEPT !.broken = TRUE, !.origin = pg.origin])
  /\ hole' = [hole EXCEPT !.up = FALSE]
  /\ UNCHANGED <<etcd, source, down, pg, produced, used, happened>>

SpeaksForOthers(x) == x.foreign /\ Rule("a source speaks for its own prefix")       \* the sink stops, and is told to leave the record out
Applied(p, x) ==
  CASE SpeaksForOthers(x)          -> p
    [] x.kind = "event"     -> OnEvent(p, x)
    [] x.kind = "snapshot"  -> OnSnapshot(p, x)
    [] x.kind = "manifest" /\ ~SpeaksForOthers(x) -> OnManifest(p, x)
    [] x.kind = "answer"    -> OnAnswer(p, x)
    [] x.kind = "end"       -> OnEnd(p, x)
    [] x.kind = "heartbeat" -> p

Taken(l) == {i \in DOMAIN down[l] : i = 1 \/ (i = 2 /\ ~Rule("deferred with all of its key"))}
PgSinkApplies == \E l \in DOMAIN down : \E i \in Taken(l) :
  LET x == down[l][i] IN
  /\ pg' = Applied(IF x.broken THEN OnLoss(pg, pg.applied[1]) ELSE pg, x)
  /\ down' = [down EXCEPT ![l] = SubSeq(@, 1, i - 1) \o SubSeq(@, i + 1, Len(@))]
  /\ UNCHANGED <<etcd, source, produced, up, used, hole, happened>>

---------------------------------------------------------------------------
(* The etcd sink: it compares, and writes or answers. Each step is one transaction (Fencing.tla). *)

By(x, entry) == Written([entry EXCEPT !.n = x.n, !.origin = x.origin, !.db = x.db])
Answer(x, what) == By(x, [Nothing EXCEPT !.kind = "answer", !.of = x.of, !.what = what])
Refused(x) == Rule("a superseded database is refused") /\ Superseded(etcd.log, x) /\ x.n > Passed(etcd.log, x)
Fits(x) == Revision = x.base /\ (x.epoch = Epoch \/ ~Rule("the epoch is compared"))

EtcdSinkWrites ==
  /\ up # <<>> /\ (InTime \/ Head(up).broken) /\ ~Refused(Head(up))
  /\ LET x == Head(up) IN
     IF x.broken /\ Rule("chain") THEN                       \* the record itself comes next
       /\ etcd' = NewEpoch(0)
       /\ up' = <<[x EXCEPT !.broken = FALSE]>> \o Tail(up)
       /\ UNCHANGED <<used, happened>>
     ELSE
       /\ up' = Tail(up)
       /\ used' = IF happened["restore"] < MaxRestores THEN Append(used, x) ELSE used
       /\ CASE x.kind = "heartbeat" \/ (x.n <= Passed(etcd.log, x) /\ Rule("numbers are passed once")) ->
                 UNCHANGED <<etcd, happened>>
            [] OTHER -> CASE
               x.kind = "request" ->
                 /\ etcd' = By(x, [Nothing EXCEPT !.kind = "request", !.arg = Larger(x.of, Requested)])
                 /\ UNCHANGED happened
            [] x.kind = "new epoch" ->
                 /\ etcd' = IF x.epoch = Epoch THEN [NewEpoch(x.n) EXCEPT !.log[Now + 1].origin = x.origin] ELSE etcd      \* else it has moved on
                 /\ UNCHANGED happened
            [] x.kind = "other" ->
                 /\ etcd' = By(x, [Nothing EXCEPT !.kind = "other"])
                 /\ UNCHANGED happened
            [] x.kind = "probe" ->
                 /\ LET a == Last(etcd.log, "answer", Now) IN
                    etcd' = Answer(x, IF a # 0 /\ etcd.log[a].of = x.of THEN etcd.log[a].what ELSE "processed")
                 /\ UNCHANGED happened
            [] x.kind = "change" ->
                 \/ /\ Fits(x) \/ ~Rule("compare and swap")
                    /\ etcd' = By(x, [Nothing EXCEPT !.value = x.value, !.by = x.ids, !.base = x.base, !.saw = x.saw])
                    /\ UNCHANGED happened
                 \/ /\ ~Fits(x) /\ Rule("compare and swap")
                    /\ etcd' = Answer(x, "refused")
                    /\ UNCHANGED happened
                 \/ /\ Happens("failure", MaxFailures)               \* etcd will never accept it, for example because it is too large
                    /\ etcd' = Answer(x, "failed")
  /\ UNCHANGED <<source, down, pg, produced, hole>>

(* The task has failed, and names both databases. An operator lets it leave out the superseded one's records, and gives the original an     *)
(* origin of its own, if that is the superseded one.                                                                                    *)
SomebodySeparatesTheCopy ==
  /\ up # <<>> /\ Refused(Head(up))
  /\ LET x == Head(up) IN pg' = IF x.db = "original" /\ x.origin = pg.origin THEN BecomeOriginal(pg) ELSE pg
  /\ up' = Tail(up)
  /\ UNCHANGED <<etcd, source, down, produced, used, hole, happened>>

---------------------------------------------------------------------------
Init == \E v \in {Absent, CHOOSE x \in Values : TRUE} :          \* everything is synchronized, the key there or not
  LET r == IF v = Absent THEN 0 ELSE 1 IN
  /\ etcd = [log |-> IF v = Absent THEN <<>> ELSE <<[Nothing EXCEPT !.value = v]>>, compacted |-> 0, clock |-> 1, forgot |-> FALSE]
  /\ source = [open |-> TRUE, delivered |-> r, epoch |-> 1, event |-> IF MaxRestores = 0 THEN 0 ELSE r,
               value |-> IF MaxRestores = 0 THEN Absent ELSE v, phase |-> "watch", S |-> 0, due |-> 0,
               answer |-> 0, request |-> 0, done |-> 0, jumped |-> FALSE]
  /\ down = <<<<>>, <<>>>> /\ up = <<>> /\ used = <<>> /\ produced = 0
  /\ pg = [row |-> v, mirror |-> v, rev |-> r, applied |-> <<1, r>>, floor |-> 1, wal |-> <<>>, asks |-> {}, untrusted |-> 0, number |-> 0, origin |-> 1,
           made |-> 0, confirmed |-> {}, lost |-> {}]
  /\ hole = [down |-> FALSE, up |-> FALSE]
  /\ happened = [what \in {"app", "compaction", "crash", "request", "failure", "epoch", "loss", "restore", "foreigner", "copy"} |-> 0]

Misfortune == Compaction \/ SourceCrashes \/ PgSourceCrashes \/ SomebodyRequests \/ SomebodyBeginsAnEpoch \/ DownIsLost \/ UpIsLost \/ EtcdIsRestored
              \/ SomebodyElseSpeaks \/ CopySends
Writers    == AppWrites \/ SqlCommits \/ SomebodyResolves
System     == SourceOpens \/ SourceDelivers \/ SnapshotBegins \/ PageIsReadAgain \/ PageIsSent \/ SnapshotEnds \/ SourceBeats
              \/ Dispatch \/ PgSourceProduces \/ PgSourceBeats \/ PgSinkApplies \/ EtcdSinkWrites
              \/ SomebodySeparatesTheCopy
Next == System \/ Writers \/ Misfortune
Spec == Init /\ [][Next]_vars /\ WF_vars(System)

---------------------------------------------------------------------------
(* What must hold *)

Quiet ==                     \* the connectors have nothing to do
  /\ \A l \in DOMAIN down : down[l] = <<>>
  /\ up = <<>> /\ Sends = {} /\ Dispatched(pg) = pg /\ ~hole.down /\ ~hole.up
  /\ source.open /\ source.delivered = Now /\ source.phase = "watch" /\ Requested <= source.done

Lossless == happened["restore"] = 0
Gapless  == Lossless /\ \A what \in {"compaction", "crash", "request", "epoch", "loss"} : happened[what] = 0
Alone    == Lossless /\ happened["app"] = 0 /\ happened["failure"] = 0 /\ Policy # "manual"

(* Who wrote what. *)
WrittenBy(id) == {r \in DOMAIN etcd.log : id \in etcd.log[r].by}

Converged ==
  Quiet => /\ pg.mirror = Value /\ pg.rev = Revision
           /\ Held(pg) \/ (~Pending(pg) /\ pg.row = Value)
OneOutcome ==
  /\ pg.confirmed \cap pg.lost = {}
  /\ pg.confirmed \cup pg.lost \cup UNION {pg.wal[i].ids : i \in DOMAIN pg.wal} = 1..pg.made
NothingUnsettled == Quiet => ~Pending(pg) \/ Held(pg)
AppliedOnce ==               \* under another origin a change may be written again, if a gap has hidden that it was written
  Lossless /\ Policy = "etcd-wins" => \A id \in 1..pg.made : \A r, q \in WrittenBy(id) :
    r < q => etcd.log[q].origin > etcd.log[r].origin /\ ~Gapless
NothingOverwritten == \A r \in DOMAIN etcd.log : etcd.log[r].by # {} => RevisionAt(etcd.log, r - 1) = etcd.log[r].base
BuiltOnWhatWasSeen ==        \* revisions of another history are not taken for those of this one, once it has its epoch
  \A r \in DOMAIN etcd.log : etcd.log[r].by # {} /\ (Lossless \/ Last(etcd.log, "epoch", r) # 0)
    => ValueAt(etcd.log, r - 1) = etcd.log[r].saw
LostIsTrue ==                \* etcd does not hold a change that was reported as lost, unless it was an insert that came late
  Quiet /\ Lossless => \A id \in pg.lost : \A r \in WrittenBy(id) :
    etcd.log[r].base = 0 \/ \E s \in (r + 1)..Now : etcd.log[s].kind = "data" /\ etcd.log[s].by = {}
MirrorIsTrue ==              \* etcd had the mirrored value at the mirrored revision
  Lossless => pg.mirror = ValueAt(etcd.log, pg.applied[2]) /\ pg.rev = RevisionAt(etcd.log, pg.applied[2])
AloneNothingIsLost == Alone => pg.lost = {} /\ \A r \in DOMAIN etcd.log : etcd.log[r].what # "refused" \/ Epoch > 1 \/ etcd.log[r].origin > 1
NoFalseAlarm ==
  /\ Lossless => \A a \in pg.asks : a.kind # "new epoch"
  /\ Lossless /\ Policy # "manual" /\ happened["failure"] = 0 => ~Held(pg)
Frugal ==                    \* a bound on the number of sends, hence silence in the end
  pg.number <= (pg.made + 1) * (1 + happened["app"] + happened["compaction"] + happened["crash"] + happened["request"]
                                  + 2 * (happened["epoch"] + happened["loss"] + happened["restore"] + happened["copy"]))
OneInFlight == Cardinality({i \in DOMAIN pg.wal : pg.wal[i].status # "waiting"}) <= 1

(* Properties of steps *)
NeverBack == [][~After(pg.applied, pg'.applied)]_vars
AloneTheRowIsTheWriters ==   \* hence the last commit wins, and no echo moves a row back
  [][Alone /\ pg'.row # pg.row => pg'.made = pg.made + 1]_vars
NoEchoLoses ==               \* the event that a change itself made does not make it lose
  [][Gapless /\ down[1] # <<>> /\ down'[1] = Tail(down[1]) /\ Head(down[1]).kind = "event"
     => Head(down[1]).by \cap (pg'.lost \ pg.lost) = {}]_vars
HistoryIsComplete ==         \* without gaps, no revision is passed over
  [][Gapless /\ pg'.applied # pg.applied
     => \A r \in (pg.applied[2] + 1)..(pg'.applied[2] - 1) : etcd.log[r].kind # "data"]_vars
Settles == <>[]Quiet
=============================================================================
