using SslAgent.Learning.Objectives.Parts;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives.Parts;

public sealed class LackingInformationTests
{
    private const int Batch = 4;

    [Fact]
    public void Frames_that_each_have_an_answer_of_their_own_lack_nothing()
    {
        using var scope = NewDisposeScope();
        Tensor answers = eye(Batch).repeat(2, 1); // [2B, K]: both views say the same
        Assert.Equal(0, LackingInformation.Of(zeros(2 * Batch), answers).mean().item<float>(), 1e-6);
    }

    [Fact]
    public void One_answer_for_all_lacks_everything_whether_it_is_sharp_or_blunt()
    {
        using var scope = NewDisposeScope();
        Tensor sharp = eye(Batch).narrow(0, 0, 1).expand(2 * Batch, Batch), blunt = ones(2 * Batch, Batch) / Batch;
        Assert.Equal(Math.Log(Batch), LackingInformation.Of(zeros(2 * Batch), sharp).mean().item<float>(), 1e-6);
        Assert.Equal(Math.Log(Batch), LackingInformation.Of(ones(2 * Batch) * Math.Log(Batch), blunt).mean().item<float>(), 1e-6);
        Assert.Equal(LackingInformation.Trivial(Batch), Math.Log(Batch));
    }
}
