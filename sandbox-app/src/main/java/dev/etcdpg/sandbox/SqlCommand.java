package dev.etcdpg.sandbox;

import dev.etcdpg.testing.stack.SqlPrinter;
import dev.etcdpg.testing.stack.SqlRole;
import dev.etcdpg.testing.stack.Stack;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "sql",
        description =
                "Runs SQL in the sandbox's database and prints the rows. In a stack of up --secure, the role is the application's, unless"
                        + " --as names another one. Otherwise the superuser runs everything.")
final class SqlCommand implements Callable<Integer> {
    private static final String LACKS_A_RIGHT = "42501";

    @Option(
            names = "--as",
            paramLabel = "ROLE",
            defaultValue = "application",
            description =
                    "In a stack of up --secure: application (rows of the table, its own changes), operator (reads everything, resolves"
                            + " held changes), owner or superuser (default: application).")
    private SqlRole role;

    @Parameters(paramLabel = "SQL", description = "One statement or several, in one argument.")
    private String sql;

    @Override
    public Integer call() {
        try (Connection connection = Stack.running().login(role).connect()) {
            System.out.print(SqlPrinter.run(connection, sql));
            return 0;
        } catch (SQLException e) {
            System.err.println(sentence(e));
            if (LACKS_A_RIGHT.equals(e.getSQLState()) && role == SqlRole.APPLICATION) {
                System.err.println("The role of an application was used; --as operator may read everything.");
            }
            return 1;
        }
    }

    /** Returns the server's message without its context, which names internal functions. */
    private static String sentence(SQLException e) {
        if (!(e instanceof PSQLException refusal) || refusal.getServerErrorMessage() == null) {
            return e.getMessage();
        }
        ServerErrorMessage said = refusal.getServerErrorMessage();
        return said.getSeverity() + ": " + said.getMessage()
                + (said.getDetail() == null ? "" : "\nDETAIL: " + said.getDetail())
                + (said.getHint() == null ? "" : "\nHINT: " + said.getHint());
    }
}
