using SslAgent.Pipeline;
using SslAgent.Tests.Demo;

namespace SslAgent.Tests.Pipeline;

public sealed class ProblemBoardTests
{
    private readonly FakeTime _time = new();

    [Fact]
    public void A_condition_stays_until_it_is_cleared()
    {
        var board = new ProblemBoard(NoObserver.Instance, _time);
        Assert.True(board.Set("kafka", "Kafka: no broker"));
        Assert.False(board.Set("kafka", "Kafka: still no broker"));
        _time.Advance(ProblemBoard.EventShown * 3);
        Assert.Equal(["Kafka: still no broker"], board.Sentences);
        Assert.True(board.Clear("kafka"));
        Assert.True(board.IsEmpty);
    }

    [Fact]
    public void An_event_is_shown_for_a_day_after_it_last_happened_and_then_goes_by_itself()
    {
        var board = new ProblemBoard(NoObserver.Instance, _time);
        board.Report("missing t/0", "5 messages");
        _time.Advance(ProblemBoard.EventShown - TimeSpan.FromMinutes(1));
        board.Report("missing t/0", "9 messages");
        _time.Advance(ProblemBoard.EventShown - TimeSpan.FromMinutes(1));
        Assert.Equal(["9 messages"], board.Sentences);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(board.IsEmpty);
        Assert.Empty(board.Sentences);
    }
}
