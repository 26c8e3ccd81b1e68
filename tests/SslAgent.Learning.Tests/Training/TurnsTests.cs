using SslAgent.Learning.Planning;
using SslAgent.Learning.Training;

namespace SslAgent.Learning.Tests.Training;

public sealed class TurnsTests
{
    [Fact]
    public void Equal_weights_take_strict_turns() => Assert.Equal("mae mlm clip mae mlm clip mae", Sequence(0, 7, ("mae", 1), ("mlm", 1), ("clip", 1)));

    [Fact]
    public void A_double_weight_has_two_turns_of_three() => Assert.Equal("mae clip mae mae clip mae", Sequence(0, 6, ("mae", 2), ("clip", 1)));

    [Fact]
    public void Shares_follow_the_weights_closely_at_any_length()
    {
        string[] turns = Sequence(0, 1000, ("mae", 0.5), ("mlm", 0.3), ("clip", 0.2)).Split(' ');
        for (var length = 10; length <= 1000; length += 10)
            Assert.InRange(turns.Take(length).Count(name => name == "mlm") - 0.3 * length, -1.5, 1.5);
    }

    [Fact]
    public void Starting_late_gives_the_rest_of_the_same_sequence()
    {
        string whole = Sequence(0, 60, ("mae", 0.7), ("mlm", 1.9), ("clip", 1));
        Assert.Equal(whole.Split(' ')[23..], Sequence(23, 37, ("mae", 0.7), ("mlm", 1.9), ("clip", 1)).Split(' '));
    }

    [Fact]
    public void Turns_are_counted_for_each_objective_from_the_cycles_first_step_on()
    {
        var turns = new Turns([new ObjectivePlan("mae", 2, 8), new ObjectivePlan("clip", 1, 8)], 3);
        Assert.Equal([("mae", 2), ("clip", 1), ("mae", 3)], Enumerable.Range(0, 3).Select(_ => turns.Next()).Select(next => (next.Objective.Name, next.Turn)));
    }

    private static string Sequence(int first, int count, params (string Name, double Weight)[] objectives)
    {
        var turns = new Turns([.. objectives.Select(one => new ObjectivePlan(one.Name, one.Weight, 8))], first);
        return string.Join(' ', Enumerable.Range(0, count).Select(_ => turns.Next().Objective.Name));
    }
}
