package dev.etcdpg.tool.file;

import java.util.ArrayList;
import java.util.List;

/** What a file must fulfil beyond the schema. */
final class SyncFileRules {

    private SyncFileRules() {}

    static List<Problem> problems(SyncFile file) {
        List<Problem> problems = new ArrayList<>();
        List<RouteEntry> routes = file.routes();
        for (int i = 0; i < routes.size(); i++) {
            String place = "routes[" + i + "]";
            RouteEntry route = routes.get(i);
            if (route.prefix().contains(",")) {
                problems.add(new Problem(place + ".prefix", "A prefix must not contain a comma."));
            }
            if (!route.prefix().equals(route.prefix().strip())) {
                problems.add(new Problem(
                        place + ".prefix",
                        "A prefix must not begin or end with a space, because Kafka Connect removes it."));
            }
            for (int other = 0; other < i; other++) {
                compare(place, route, "routes[" + other + "]", routes.get(other), problems);
            }
        }
        return problems;
    }

    private static void compare(
            String place, RouteEntry route, String otherPlace, RouteEntry other, List<Problem> problems) {
        if (route.name().equals(other.name())) {
            problems.add(
                    new Problem(
                            place + ".table",
                            "The table has the same name as that of " + otherPlace
                                    + ". The name of a table is the name of its route and its topics, also if the schemas differ."));
        }
        if (route.prefix().startsWith(other.prefix()) || other.prefix().startsWith(route.prefix())) {
            problems.add(new Problem(
                    place + ".prefix",
                    "The prefix overlaps with that of " + otherPlace + ". A key must belong to one route only."));
        }
    }
}
