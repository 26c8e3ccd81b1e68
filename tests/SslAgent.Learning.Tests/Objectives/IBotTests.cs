using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

public sealed class IBotTests
{
    private const int Batch = 4, Patches = 16, Masked = 4; // 0.3 of 16 each

    [Fact]
    public void Pixels_of_masked_patches_never_reach_the_student_and_still_decide_what_is_to_be_said()
    {
        using var fixture = Fixture.OfMasked();
        int[] masked = IBot.Hide(fixture.Input, KnobValues.None);
        Assert.Equal(Batch * Masked, masked.Length);
        Tensor changed = fixture.Input.Frames!.clone();
        changed[0].narrow(1, masked[0] / 4 * 4, 4).narrow(2, masked[0] % 4 * 4, 4).fill_(9);
        ObjectiveInput other = fixture.Input with { Frames = changed };
        Pictures.Same(IBot.Definition.Features(fixture.Input)[0].detach(), IBot.Definition.Features(other)[0].detach());
        Assert.NotEqual(IBot.Loss(fixture.Input, masked, KnobValues.None).Loss.item<float>(), IBot.Loss(other, masked, KnobValues.None).Loss.item<float>());
    }

    [Fact]
    public void The_loss_is_the_mean_cross_entropy_of_answers_with_what_is_said()
    {
        using var scope = NewDisposeScope();
        float[] answers = [0.7f, 0.2f, 0.1f, 0.25f, 0.25f, 0.5f], said = [0.5f, 0.3f, 0.2f, 0.1f, 0.8f, 0.1f];
        float[] losses = IBot.CrossEntropies(tensor(answers).view(2, 3), tensor(said).view(2, 3).log()).data<float>().ToArray();
        for (var row = 0; row < 2; row++) Assert.Equal(-Enumerable.Range(3 * row, 3).Sum(i => answers[i] * Math.Log(said[i])), losses[row], 1e-5);
    }

    [Fact]
    public void The_terms_are_the_teachers_entropy_and_what_is_above_it_and_the_loss_writes_to_nothing()
    {
        using var fixture = Fixture.OfMasked();
        float[] before = Pictures.Values(fixture.Input.RequireState().Flat);
        ObjectiveLoss loss = IBot.Definition.Loss(fixture.Input);
        _ = Check.NotNull(IBot.Definition.ProbeLosses, "it is asked as a whole")(fixture.Input);
        Assert.Equal(before, Pictures.Values(fixture.Input.RequireState().Flat));
        Assert.InRange(loss.Terms[0].item<float>(), 0, Math.Log(8 * fixture.Plan.Model.Frame.Width));
        Assert.True(loss.Terms[1].item<float>() > 0);
        Assert.Equal(loss.Loss.item<float>(), loss.Terms[0].item<float>() + loss.Terms[1].item<float>(), 1e-4f);
    }

    [Fact]
    public void A_probe_gives_the_trivial_loss_where_all_frames_are_answered_alike_at_a_place()
    {
        using var fixture = Fixture.OfMasked();
        using IDisposable noGradients = no_grad();
        Tensor one = fixture.Input.Frames!.narrow(0, 0, 1);
        ObjectiveInput same = fixture.Input with { Frames = one.expand(Batch, 3, 16, 16).contiguous() }; // Places differ, frames do not.
        int[] masked = IBot.Hide(same, KnobValues.None);
        Tensor lacking = IBot.Lacking(same, masked, KnobValues.None);
        Assert.Equal([(long)Batch], lacking.shape);
        // The student does not know the answers: it lacks more than a guess would, by what its words diverge from them. Those who say them exactly lack ln B.
        Assert.All(lacking.data<float>().ToArray(), value => Assert.True(value > IBot.Definition.TrivialLoss(same)));
        Assert.Equal(Math.Log(Batch), IBot.Definition.TrivialLoss(same), 1e-12);
        Tensor different = IBot.Lacking(fixture.Input, masked, KnobValues.None);
        Assert.True(different.mean().item<float>() < lacking.mean().item<float>(), "frames that differ leave less unknown");
    }

    [Fact]
    public void After_a_step_the_teacher_follows_tower_and_head_and_the_centre_moves_by_a_tenth()
    {
        using var fixture = Fixture.OfMasked();
        using IDisposable noGradients = no_grad();
        using var parameters = new FlatParameters(ObjectiveRegistry.Layout(fixture.Plan.Model, [IBot.Definition]), fixture.Plan.Compute, averaged: false);
        parameters.Masters.fill_(1);
        parameters.SetCounter(IBot.Section, new SectionCounter(Steps: 500, WarmFrom: 0));
        Weights state = fixture.Input.RequireState();
        Tensor seen = Check.NotNull(IBot.Definition.Loss(fixture.Input).Seen, "a batch leaves its mean");
        float tower = state["ibot.teacher.vision.norm.bias"][0].item<float>(), head = state["ibot.teacher.ibot.prototypes.weight"][0, 0].item<float>();
        float[] centre = Pictures.Values(state[IBot.Teacher.Centre]);
        IBot.Definition.AfterStep?.Invoke(new StepTaken(fixture.Plan, parameters, state, [seen], tensor(1f)));
        Assert.Equal(tower + (0.004f * (1 - tower)), state["ibot.teacher.vision.norm.bias"][0].item<float>(), 1e-5f);
        Assert.Equal(head + (0.004f * (1 - head)), state["ibot.teacher.ibot.prototypes.weight"][0, 0].item<float>(), 1e-5f);
        Fixture.Near([.. centre.Zip(Pictures.Values(seen), (old, mean) => (0.9f * old) + (0.1f * mean))], Pictures.Values(state[IBot.Teacher.Centre]), 1e-6f, "centre");
        Assert.Equal(0.25f, state[IBot.Teacher.Warmth].item<float>());
    }
}
