using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives.Parts;

public sealed class KeyQueueTests : IDisposable
{
    private const int Slots = 5;

    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly IDisposable _noGradients = no_grad();
    private readonly KeyQueue _queue = new("queue", Slots, width: 2);
    private readonly Weights _state;

    public KeyQueueTests()
    {
        var layout = new ParameterLayout([_queue.Declare()]);
        _state = new Weights(layout, zeros(layout.Count), gradients: null);
    }

    [Fact]
    public void Keys_take_the_oldest_ones_places_and_only_filled_slots_are_held()
    {
        Assert.Equal([], Held());
        Push(1, 2, 3);
        Assert.Equal([1f, 2, 3], Held());
        Push(4, 5, 6, 7);
        Assert.Equal([3f, 4, 5, 6, 7], Held().Order());
        Assert.Equal([6f, 7, 3, 4, 5], Ring());
    }

    [Fact]
    public void The_newest_can_be_asked_for_alone()
    {
        Push(1, 2, 3, 4, 5, 6, 7);
        Assert.Equal([6f, 7], Held(newest: 2).Order());
        Assert.Equal([], Held(newest: 0));
        Assert.Equal([3f, 4, 5, 6, 7], Held(newest: 100).Order());
    }

    [Fact]
    public void Of_more_keys_than_slots_the_last_are_kept()
    {
        Push(1);
        Push([.. Enumerable.Range(10, 12).Select(key => (float)key)]);
        Assert.Equal([17f, 18, 19, 20, 21], Held().Order());
        Push(22);
        Assert.DoesNotContain(17f, Held());
    }

    [Fact]
    public void A_masked_step_leaves_ring_place_and_fill_as_they_are()
    {
        Push(1, 2);
        float[] before = _state.Flat.data<float>().ToArray();
        _queue.Push(_state, full(3, 2, float.NaN), tensor(0f));
        Assert.Equal(before, _state.Flat.data<float>().ToArray());
    }

    [Fact]
    public void Place_and_fill_stay_exact_however_many_keys_have_passed()
    {
        var passed = new List<float>();
        for (var step = 0; step < 400; step++)
        {
            float[] keys = [.. Enumerable.Range(passed.Count, 1 + (step % 4)).Select(key => (float)key)];
            Push(keys);
            passed.AddRange(keys);
            Assert.Equal(passed.TakeLast(Slots), Held().Order());
        }
    }

    public void Dispose()
    {
        _state.Dispose();
        _noGradients.Dispose();
        _scope.Dispose();
    }

    private void Push(params float[] keys) => _queue.Push(_state, tensor(keys).unsqueeze(1).expand(keys.Length, 2), tensor(1f));

    private float[] Ring() => _queue.Read(_state).select(1, 0).contiguous().data<float>().ToArray();

    private float[] Held(int? newest = null)
    {
        bool[] held = _queue.Held(_state, newest).data<bool>().ToArray();
        return [.. Ring().Where((_, slot) => held[slot])];
    }
}
