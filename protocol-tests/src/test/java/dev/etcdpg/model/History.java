package dev.etcdpg.model;

import java.util.List;

/** A world and what happens in it. */
public record History(Scene scene, List<Action> actions) {

    /** The same history always ends in the same way. @throws AssertionError with the story, if it ends badly */
    public void mustEndWell() {
        World world = World.inMemory(scene.flags());
        List<String> wrong = world.run(actions);
        if (!wrong.isEmpty()) {
            throw new AssertionError(
                    scene + " " + scene.flags() + "\n" + String.join("\n", wrong) + "\nHow it came:\n" + world.story);
        }
    }
}
