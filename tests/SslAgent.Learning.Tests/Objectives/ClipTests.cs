using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

public sealed class ClipTests
{
    [Fact]
    public void Loss_and_gradients_are_what_PyTorch_gives()
    {
        using var fixture = new Fixture();
        fixture.RequireSameAsPyTorch("clip", Clip.Loss(fixture.Input).Loss);
    }

    [Fact]
    public void Gradients_agree_with_finite_differences()
    {
        using var fixture = new Fixture();
        FiniteDifferences.Require(fixture, () => Clip.Loss(fixture.Input).Loss);
    }

    [Fact]
    public void The_loss_is_the_mean_surprise_of_frames_among_texts_and_texts_among_frames()
    {
        using var scope = NewDisposeScope();
        const int batch = 5;
        var chance = new Philox(new DrawKey(Some.Seed, 0, 0, ChanceStream.Test));
        var scores = new float[batch * batch];
        for (var i = 0; i < scores.Length; i++) scores[i] = 6 * chance.NextSingle() - 3;
        int[] captions = [0, 1, 0, 2, 3];
        double sum = 0;
        for (var one = 0; one < batch; one++)
            sum += Surprise(other => scores[one * batch + other], one) + Surprise(other => scores[other * batch + one], one);
        float[] positives = [.. Enumerable.Range(0, batch * batch).Select(i => captions[i / batch] == captions[i % batch] ? 1f : 0f)];
        Tensor loss = Clip.SymmetricCrossEntropy(tensor(scores).view(batch, batch), tensor(positives).view(batch, batch));
        Assert.Equal(sum / (2 * batch), loss.item<float>(), 1e-5);

        double Surprise(Func<int, float> score, int one)
        {
            double all = Enumerable.Range(0, batch).Sum(other => Math.Exp(score(other)));
            return Enumerable.Range(0, batch).Where(other => captions[other] == captions[one]).Average(other => -Math.Log(Math.Exp(score(other)) / all));
        }
    }

    [Fact]
    public void Indifferent_scores_cost_ln_B_whatever_captions_repeat()
    {
        using var fixture = new Fixture();
        Tensor positives = tensor(Clip.Positives(fixture.Input.Texts!)).view(4, 4);
        Assert.Equal(Math.Log(4), Clip.SymmetricCrossEntropy(zeros(4, 4), positives).item<float>(), 1e-6);
        Assert.Equal(Math.Log(4), Clip.Definition.TrivialLoss(fixture.Input), 1e-12);
    }

    [Fact]
    public void A_probe_tries_scales_from_nearly_indifferent_to_the_largest()
    {
        using var fixture = new Fixture();
        Tensor each = Clip.ProbeLosses(fixture.Input); // [C, B]
        Assert.Equal([25, 4], each.shape);
        float[] losses = each.mean([1]).data<float>().ToArray();
        Tensor cosines = Clip.EmbedFrames(fixture.Towers, fixture.Input.Frames!)
            .mm(Clip.EmbedTexts(fixture.Towers, new TokenTensors(fixture.Input.Texts!, fixture.Input.Device)).t());
        Tensor positives = tensor(Clip.Positives(fixture.Input.Texts!)).view(4, 4);
        Assert.Equal(Clip.SymmetricCrossEntropy(cosines, positives).item<float>(), losses[0], 1e-5f);
        Assert.Equal(Clip.SymmetricCrossEntropy(cosines * 10, positives).item<float>(), losses[12], 1e-4f);
        Assert.Equal(Clip.SymmetricCrossEntropy(cosines * 100, positives).item<float>(), losses[24], 1e-3f);
    }

    [Fact]
    public void Equal_captions_are_positives_and_others_are_not()
    {
        using var fixture = new Fixture();
        Assert.Equal([1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 1], Clip.Positives(fixture.Input.Texts!));
    }

    [Fact]
    public void Vectors_have_length_one_and_the_loss_does_not_depend_on_the_batchs_order()
    {
        using var fixture = new Fixture();
        Assert.All(Clip.EmbedFrames(fixture.Towers, fixture.Input.Frames!).norm(1, false, 2f).data<float>().ToArray(), length => Assert.Equal(1, length, 1e-5f));
        int[] order = [2, 0, 3, 1];
        TokenBatch texts = fixture.Input.Texts!;
        var shuffled = new TokenBatch([.. order.SelectMany(row => texts.Ids.AsSpan(row * 12, 12).ToArray())], [.. order.Select(row => texts.Lengths[row])], 12);
        ObjectiveInput other = fixture.Input with { Frames = fixture.Input.Frames!.index_select(0, tensor(order)), Texts = shuffled };
        Assert.Equal(Clip.Loss(fixture.Input).Loss.item<float>(), Clip.Loss(other).Loss.item<float>(), 1e-5f);
    }
}
