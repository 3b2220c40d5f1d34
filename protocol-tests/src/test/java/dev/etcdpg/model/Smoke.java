package dev.etcdpg.model;

import java.util.*;

final class Smoke {
    public static void main(String[] args) {
        int runs = Integer.parseInt(args[0]);
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        for (int i = 1; i < args.length; i++) flags.add(Flag.valueOf(args[i].toUpperCase().replace('-', '_')));
        List<Kind> kinds = new ArrayList<>();
        for (Kind k : Kind.values()) if (k.needs == null || flags.contains(k.needs)) for (int i = 0; i < k.weight; i++) kinds.add(k);
        Map<String, Integer> fails = new TreeMap<>();
        int bad = 0; long steps = 0; String shortest = null; int len = 1 << 30; int first = -1;
        long t0 = System.nanoTime();
        long seed0 = Long.getLong("seed", 0);
        for (int run = 0; run < runs; run++) {
            Random r = new Random((seed0 + run) * 7919 + 17);
            int n = new int[] {15, 25, 40, 80, 200}[r.nextInt(5)];
            List<Action> actions = new ArrayList<>();
            for (int i = 0; i < n; i++) actions.add(new Action(kinds.get(r.nextInt(kinds.size())), r.nextInt(840), r.nextInt(840)));
            steps += n;
            World w = World.inMemory(flags);
            List<String> wrong = w.run(actions);
            if (!wrong.isEmpty()) {
                bad++;
                if (first < 0) first = run;
                Set<String> kindsOf = new TreeSet<>();
                wrong.forEach(s -> kindsOf.add(s.split(":")[0]));
                kindsOf.forEach(k -> fails.merge(k, 1, Integer::sum));
                if (w.story.length() < len) { len = w.story.length(); shortest = "seed " + (seed0 + run) + "\n" + String.join("\n", wrong) + "\n" + w.story; }
            }
        }
        System.out.printf("%d runs %d steps %s: %d bad, first at %d %s, %.1f s%n", runs, steps, flags, bad, first, fails, (System.nanoTime() - t0) / 1e9);
        if (shortest != null && !Boolean.getBoolean("quiet")) System.out.println(shortest);
    }
}
