using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Domain;
using SslAgent.Serving.Inference;
using SslAgent.Serving.Tests.Support;

namespace SslAgent.Serving.Tests.Inference;

public sealed class EmbedderHostTests
{
    private static readonly ServingOptions NoWait = new() { BatchWait = TimeSpan.Zero };

    [Fact]
    public async Task Requests_that_arrive_during_a_batch_travel_together_in_the_next_one()
    {
        Gate gate = new();
        FakeEmbedder embedder = new(1) { Gate = gate };
        using EmbedderHost host = Started(NoWait, embedder);

        Task<EmbeddingAnswer> first = Submit(host, Some.Text("first"));
        await gate.ArrivalAsync();
        Task<EmbeddingAnswer>[] others = [.. Enumerable.Range(0, 5).Select(i => Submit(host, Some.Text($"other {i}")))];
        gate.Open(2);

        await first;
        EmbeddingAnswer[] answers = await Task.WhenAll(others);
        Assert.Equal([1, 5], embedder.BatchSizes);
        for (int i = 0; i < 5; i++) Assert.Equal(Expected(1, EmbeddingSpace.Text, Some.Text($"other {i}")), answers[i].Vectors[0]);
    }

    [Fact]
    public async Task A_large_request_is_cut_into_batches_and_comes_back_in_order()
    {
        FakeEmbedder embedder = new(1);
        using EmbedderHost host = Started(NoWait with { BatchMax = 4 }, embedder);
        EmbeddingInput[] inputs = [.. Enumerable.Range(0, 11).Select(i => Some.Text($"line {i}"))];

        EmbeddingAnswer answer = await Submit(host, inputs);

        Assert.Equal([4, 4, 3], embedder.BatchSizes);
        Assert.Equal(inputs.Select(input => Expected(1, EmbeddingSpace.Text, input)), answer.Vectors);
        Assert.Equal(inputs.Sum(input => input.Text!.Utf8.Length + 2), answer.Tokens);
    }

    [Fact]
    public async Task Frames_and_texts_of_one_request_travel_in_batches_of_one_kind()
    {
        FakeEmbedder embedder = new(1);
        using EmbedderHost host = Started(NoWait, embedder);
        EmbeddingInput[] inputs = [Some.Frame(1), Some.Text("a"), Some.Frame(2), Some.Text("b")];

        EmbeddingAnswer answer = await Submit(host, EmbeddingSpace.Joint, inputs);

        Assert.All(embedder.Batches, batch => Assert.Single(batch.Select(input => input.Frame is null).Distinct()));
        Assert.Equal([2, 2], embedder.BatchSizes);
        Assert.Equal(inputs.Select(input => Expected(1, EmbeddingSpace.Joint, input)), answer.Vectors);
    }

    [Fact]
    public async Task The_oldest_input_waits_for_company_and_no_longer_than_it_was_told()
    {
        ManualTime time = new();
        FakeEmbedder embedder = new(1);
        using EmbedderHost host = Started(new ServingOptions { BatchWait = TimeSpan.FromMilliseconds(20) }, embedder, time);

        Task<EmbeddingAnswer> first = Submit(host, Some.Text("first"));
        await time.TimersSet.Reader.ReadAsync().AsTask().WaitAsync(Patience.Long);
        time.Advance(TimeSpan.FromMilliseconds(19));
        Task<EmbeddingAnswer> second = Submit(host, Some.Text("second"));
        await time.TimersSet.Reader.ReadAsync().AsTask().WaitAsync(Patience.Long);
        Assert.Empty(embedder.BatchSizes);
        time.Advance(TimeSpan.FromMilliseconds(1));

        await Task.WhenAll(first, second);
        Assert.Equal([2], embedder.BatchSizes);
    }

    [Fact]
    public async Task A_full_batch_waits_for_nobody()
    {
        FakeEmbedder embedder = new(1);
        using EmbedderHost host = Started(new ServingOptions { BatchWait = TimeSpan.FromSeconds(1), BatchMax = 2 }, embedder, new ManualTime());

        await Submit(host, Some.Text("a"), Some.Text("b"));

        Assert.Equal([2], embedder.BatchSizes);
    }

    [Fact]
    public async Task A_request_in_flight_is_answered_by_the_version_it_met_which_is_disposed_after_it()
    {
        Gate gate = new();
        FakeEmbedder old = new(1) { Gate = gate }, next = new(2);
        using EmbedderHost host = Started(NoWait, old);
        Task<EmbeddingAnswer> running = Submit(host, Some.Text("running"));
        await gate.ArrivalAsync();
        Task<EmbeddingAnswer> waiting = Submit(host, Some.Text("waiting"));

        Task disposed = host.Swap(next);
        Task<EmbeddingAnswer> later = Submit(host, Some.Text("later"));
        Assert.Equal(new ModelVersion(2), host.Current?.Version);
        Assert.False(disposed.IsCompleted);
        gate.Open();
        Assert.Equal(new ModelVersion(1), (await running).Version);
        await gate.ArrivalAsync();
        Assert.Equal(0, old.Disposals);
        gate.Open();

        Assert.Equal(new ModelVersion(1), (await waiting).Version);
        Assert.Equal(new ModelVersion(2), (await later).Version);
        await disposed.WaitAsync(Patience.Long);
        Assert.Equal(1, old.Disposals);
        Assert.Equal(0, next.Disposals);
    }

    [Fact]
    public async Task An_idle_version_is_disposed_at_once_when_it_is_swapped_out()
    {
        FakeEmbedder old = new(1);
        using EmbedderHost host = Started(NoWait, old);

        await host.Swap(null).WaitAsync(Patience.Long);

        Assert.Equal(1, old.Disposals);
        Assert.Null(host.Current);
        Assert.IsType<EmbeddingAdmission.NoVersion>(host.Submit(EmbeddingSpace.Text, [Some.Text("a")], null, default));
    }

    [Fact]
    public async Task A_full_queue_refuses_whole_requests_and_takes_them_again_when_it_has_room()
    {
        Gate gate = new();
        FakeEmbedder embedder = new(1) { Gate = gate };
        using EmbedderHost host = Started(NoWait with { QueueMax = 3 }, embedder);
        Task<EmbeddingAnswer> running = Submit(host, Some.Text("running"));
        await gate.ArrivalAsync();
        Task<EmbeddingAnswer> waiting = Submit(host, Some.Text("a"), Some.Text("b"));

        Assert.IsType<EmbeddingAdmission.QueueFull>(host.Submit(EmbeddingSpace.Text, [Some.Text("c"), Some.Text("d")], null, default));
        Assert.Equal(2, host.QueueLength);
        gate.Open(2);
        await Task.WhenAll(running, waiting);
        gate.Open();

        Assert.Equal(2, (await Submit(host, Some.Text("c"), Some.Text("d"))).Vectors.Length);
    }

    [Fact]
    public async Task The_queue_is_bounded_in_bytes_too()
    {
        Gate gate = new();
        using EmbedderHost host = Started(NoWait with { QueueBytesMax = 10 }, new FakeEmbedder(1) { Gate = gate });
        Task<EmbeddingAnswer> running = Submit(host, Some.Text("running"));
        await gate.ArrivalAsync();
        Task<EmbeddingAnswer> waiting = Submit(host, Some.Text("12345678"));

        Assert.IsType<EmbeddingAdmission.QueueFull>(host.Submit(EmbeddingSpace.Text, [Some.Text("123")], null, default));
        Assert.IsType<EmbeddingAdmission.Admitted>(host.Submit(EmbeddingSpace.Text, [Some.Text("12")], null, default));

        gate.Open(2);
        await Task.WhenAll(running, waiting);
    }

    [Fact]
    public async Task An_abandoned_request_is_never_embedded()
    {
        Gate gate = new();
        FakeEmbedder embedder = new(1) { Gate = gate };
        using EmbedderHost host = Started(NoWait, embedder);
        using CancellationTokenSource gone = new();
        Task<EmbeddingAnswer> running = Submit(host, Some.Text("running"));
        await gate.ArrivalAsync();
        EmbeddingAdmission abandoned = host.Submit(EmbeddingSpace.Text, [Some.Text("abandoned")], null, gone.Token);
        Task<EmbeddingAnswer> kept = Submit(host, Some.Text("kept"));

        await gone.CancelAsync();
        gate.Open(2);
        await Task.WhenAll(running, kept);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Assert.IsType<EmbeddingAdmission.Admitted>(abandoned).Answer);
        Assert.Equal(["running", "kept"], embedder.Batches.SelectMany(batch => batch).Select(input => input.Text?.ToString()));
        await host.Swap(null).WaitAsync(Patience.Long);
    }

    [Fact]
    public async Task A_batch_that_fails_fails_its_requests_and_no_others()
    {
        FakeEmbedder embedder = new(7) { Spoil = _ => throw new IOException("the tensor broke") };
        using EmbedderHost host = Started(NoWait, embedder);

        InferenceFailedException failed = await Assert.ThrowsAsync<InferenceFailedException>(() => Submit(host, Some.Text("a")));
        Assert.Equal("v7: the tensor broke", failed.Message);
        embedder.Spoil = rows => rows;

        Assert.Single((await Submit(host, Some.Text("b"))).Vectors);
        await host.Swap(null).WaitAsync(Patience.Long);
        Assert.Equal(1, embedder.Disposals);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public async Task A_vector_that_is_not_finite_never_leaves(float bad)
    {
        using EmbedderHost host = Started(NoWait, new FakeEmbedder(7) { Spoil = rows => [[0, 1, bad, 2], .. rows.Skip(1)] });

        InferenceFailedException failed = await Assert.ThrowsAsync<InferenceFailedException>(() => Submit(host, Some.Text("a")));

        Assert.Contains("not finite", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vectors_of_the_wrong_number_or_width_never_leave()
    {
        FakeEmbedder embedder = new(7) { Spoil = rows => [] };
        using EmbedderHost host = Started(NoWait, embedder);

        await Assert.ThrowsAsync<InferenceFailedException>(() => Submit(host, Some.Text("a")));
        embedder.Spoil = _ => [[1, 2]];
        await Assert.ThrowsAsync<InferenceFailedException>(() => Submit(host, Some.Text("a")));
    }

    [Fact]
    public void A_client_may_name_the_one_version_that_may_answer()
    {
        using EmbedderHost host = Started(NoWait, new FakeEmbedder(12));

        Assert.IsType<EmbeddingAdmission.Admitted>(host.Submit(EmbeddingSpace.Text, [Some.Text("a")], new ModelVersion(12), default));
        EmbeddingAdmission other = host.Submit(EmbeddingSpace.Text, [Some.Text("a")], new ModelVersion(11), default);
        Assert.Equal(new EmbeddingAdmission.OtherVersion(new ModelVersion(12)), other);
    }

    [Fact]
    public void A_space_that_the_version_has_not_is_refused()
    {
        using EmbedderHost host = Started(NoWait, new FakeEmbedder(12, joint: null));

        Assert.Equal(new EmbeddingAdmission.NoSuchSpace(new ModelVersion(12)), host.Submit(EmbeddingSpace.Joint, [Some.Text("a")], null, default));
    }

    [Fact]
    public async Task At_the_end_waiting_requests_are_told_and_the_embedder_is_disposed()
    {
        FakeEmbedder embedder = new(1);
        EmbedderHost host = new(NoWait, TimeProvider.System, NullLoggerFactory.Instance);
        _ = host.Swap(embedder);
        Task<EmbeddingAnswer> waiting = Submit(host, Some.Text("never started"));

        host.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(1, embedder.Disposals);
        Assert.IsType<EmbeddingAdmission.Stopping>(host.Submit(EmbeddingSpace.Text, [Some.Text("a")], null, default));
    }

    [Fact]
    public async Task Under_load_every_answer_is_whole_of_one_version_and_versions_never_go_back()
    {
        const int clients = 6, requests = 150, swaps = 40;
        FakeEmbedder[] versions = [.. Enumerable.Range(1, swaps + 1).Select(number => new FakeEmbedder(number))];
        using EmbedderHost host = Started(NoWait with { BatchMax = 8 }, versions[0]);
        SemaphoreSlim answered = new(0);

        async Task<int> ClientAsync(int client)
        {
            int last = 0;
            for (int i = 0; i < requests; i++)
            {
                EmbeddingInput[] inputs = [.. Enumerable.Range(0, 1 + (i % 11)).Select(j => Some.Text($"{client} {i} {j}"))];
                EmbeddingAnswer answer = await Submit(host, inputs);
                Assert.Equal(inputs.Select(input => FakeEmbedder.Vector(answer.Version, EmbeddingSpace.Text, input)), answer.Vectors);
                Assert.True(answer.Version.Number >= last, $"went back from v{last} to {answer.Version}");
                last = answer.Version.Number;
                answered.Release();
            }

            return last;
        }

        Task<int>[] running = [.. Enumerable.Range(0, clients).Select(client => Task.Run(() => ClientAsync(client)))];
        List<Task> disposed = [];
        foreach (FakeEmbedder next in versions.Skip(1))
        {
            // Swaps are spread over the load by counting answers, not by the clock.
            for (int i = 0; i < clients * requests / (swaps + 1); i++) Assert.True(await answered.WaitAsync(Patience.Long));
            disposed.Add(host.Swap(next));
        }

        int[] last = await Task.WhenAll(running);
        await Task.WhenAll(disposed).WaitAsync(Patience.Long);
        Assert.All(versions.SkipLast(1), version => Assert.Equal(1, version.Disposals));
        Assert.Equal(0, versions[^1].Disposals);
        Assert.True(versions.Count(version => version.BatchSizes.Count > 0) > swaps / 2, "the load met most of the versions");
        Assert.All(last, number => Assert.InRange(number, 1, swaps + 1));
    }

    private static EmbedderHost Started(ServingOptions options, FakeEmbedder embedder, TimeProvider? time = null)
    {
        EmbedderHost host = new(options, time ?? TimeProvider.System, NullLoggerFactory.Instance);
        _ = host.Swap(embedder);
        host.Start();
        return host;
    }

    private static Task<EmbeddingAnswer> Submit(EmbedderHost host, params EmbeddingInput[] inputs) => Submit(host, EmbeddingSpace.Text, inputs);

    private static Task<EmbeddingAnswer> Submit(EmbedderHost host, EmbeddingSpace space, EmbeddingInput[] inputs) =>
        Assert.IsType<EmbeddingAdmission.Admitted>(host.Submit(space, inputs, null, CancellationToken.None)).Answer.WaitAsync(Patience.Long);

    private static float[] Expected(int version, EmbeddingSpace space, EmbeddingInput input) =>
        FakeEmbedder.Vector(new ModelVersion(version), space, input);
}
