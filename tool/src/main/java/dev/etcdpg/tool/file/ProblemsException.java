package dev.etcdpg.tool.file;

import java.util.List;
import java.util.stream.Collectors;

/** Mistakes that only the user can correct. Nothing was changed. */
public final class ProblemsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public ProblemsException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public ProblemsException(String place, String sentence) {
        this(List.of(new Problem(place, sentence)));
    }

    public List<Problem> problems() {
        return problems;
    }
}
