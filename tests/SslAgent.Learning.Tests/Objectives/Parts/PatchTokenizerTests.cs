using SslAgent.Domain;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives.Parts;

public sealed class PatchTokenizerTests : IDisposable
{
    private const int Count = 6, Values = 48, Rows = 60;

    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly IDisposable _noGradients = no_grad();
    private readonly PatchTokenizer _tokenizer = new("t", Count);
    private readonly Weights _state;

    public PatchTokenizerTests()
    {
        ModelPlan plan = Some.Plan().Model;
        Assert.Equal(Values, plan.PatchValues);
        var layout = new ParameterLayout([_tokenizer.DeclareState(plan)]);
        _state = new Weights(layout, zeros(layout.Count), gradients: null);
    }

    private Tensor Centres => _state["t.centres"];

    private Tensor Usage => _state["t.usage"];

    [Fact]
    public void A_patchs_token_is_its_nearest_centre()
    {
        Centres.copy_(Points(Count, 1));
        Tensor patches = Points(Rows, 2);
        long[] tokens = _tokenizer.Tokens(_state, patches).data<long>().ToArray();
        float[] all = Pictures.Values(patches), centres = Pictures.Values(Centres);
        for (var row = 0; row < Rows; row++) Assert.Equal(Enumerable.Range(0, Count).MinBy(centre => Distance(all, row, centres, centre)), (int)tokens[row]);
    }

    [Fact]
    public void A_batch_moves_each_centre_to_the_mean_of_all_that_was_near_it_old_batches_counting_less()
    {
        Centres.copy_(Points(Count, 1));
        Usage.copy_(tensor(new float[] { 50, 3, 10, 1, 7, 20 }));
        Tensor patches = Points(Rows, 2);
        float[] all = Pictures.Values(patches), centres = Pictures.Values(Centres), usage = Pictures.Values(Usage);
        _tokenizer.Learn(_state, patches, tensor(1f));
        int[] tokens = [.. Enumerable.Range(0, Rows).Select(row => Enumerable.Range(0, Count).MinBy(centre => Distance(all, row, centres, centre)))];
        for (var centre = 0; centre < Count; centre++)
        {
            int[] own = [.. Enumerable.Range(0, Rows).Where(row => tokens[row] == centre)];
            double used = (0.99 * usage[centre]) + own.Length;
            Assert.Equal(used, Usage[centre].item<float>(), 1e-4);
            for (var value = 0; value < Values; value++)
            {
                double sum = (0.99 * usage[centre] * centres[(centre * Values) + value]) + own.Sum(row => (double)all[(row * Values) + value]);
                Assert.Equal(sum / used, Centres[centre, value].item<float>(), 1e-4);
            }
        }
    }

    [Fact]
    public void The_first_batch_gives_the_first_centres_and_a_centre_that_nothing_is_near_to_begins_anew_at_a_patch()
    {
        Tensor patches = Points(Rows, 2);
        _tokenizer.Learn(_state, patches, tensor(1f));
        Assert.Equal(Count, _tokenizer.Tokens(_state, patches).data<long>().ToArray().Distinct().Count());
        Assert.All(Enumerable.Range(0, Count).Skip(1), centre => Assert.Contains(Enumerable.Range(0, Rows), row => IsAt(patches, row, centre)));

        Centres[2].fill_(1000);
        for (var step = 0; step < 69; step++) _tokenizer.Learn(_state, patches, tensor(1f));
        Assert.Contains(Enumerable.Range(0, Rows), row => IsAt(patches, row, 2));
    }

    [Fact]
    public void A_masked_step_changes_nothing()
    {
        Centres.copy_(Points(Count, 1));
        Usage.fill_(3);
        float[] before = Pictures.Values(_state.Flat);
        _tokenizer.Learn(_state, Points(Rows, 2), tensor(0f));
        Assert.Equal(before, Pictures.Values(_state.Flat));
    }

    [Fact]
    public void Patches_of_six_kinds_end_in_six_tokens()
    {
        Tensor kinds = Points(Count, 5) * 10;
        for (var step = 0; step < 200; step++)
        {
            int[] of = [.. Enumerable.Range(0, Rows).Select(row => row % Count)];
            _tokenizer.Learn(_state, kinds.index_select(0, tensor(of)) + (Points(Rows, 100 + step) * 0.3), tensor(1f));
        }

        Assert.Equal(Count, _tokenizer.Tokens(_state, kinds).data<long>().ToArray().Distinct().Count());
    }

    public void Dispose()
    {
        _state.Dispose();
        _noGradients.Dispose();
        _scope.Dispose();
    }

    private bool IsAt(Tensor patches, int row, int centre) => (patches[row] - Centres[centre]).abs().max().item<float>() < 1e-5f;

    private static Tensor Points(int rows, int part)
    {
        var chance = new Philox(new DrawKey(Some.Seed, 0, 0, ChanceStream.Test, part));
        var values = new float[rows * Values];
        for (var i = 0; i < values.Length; i++) values[i] = (2 * chance.NextSingle()) - 1;
        return tensor(values).view(rows, Values);
    }

    private static double Distance(float[] rows, int row, float[] centres, int centre) =>
        Enumerable.Range(0, Values).Sum(value => Math.Pow(rows[(row * Values) + value] - centres[(centre * Values) + value], 2));
}
