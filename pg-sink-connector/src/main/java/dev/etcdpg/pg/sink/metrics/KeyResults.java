package dev.etcdpg.pg.sink.metrics;

import dev.etcdpg.pg.sink.resolve.Verdict;
import java.util.List;
import java.util.Map;

/**
 * What a batch of keys of one route was decided and written as. It counts only after the commit.
 *
 * @param verdicts by key
 * @param confirmationMs for each confirmed local change, the time since the change, in ms
 */
public record KeyResults(String route, Map<String, Verdict> verdicts, List<Double> confirmationMs) {}
