using TorchSharp.Bridge;

namespace TorchSharp;

/// <summary>Elementwise functions of one tensor, and their in-place forms.</summary>
public static partial class torch
{
    public partial class Tensor
    {
        public Tensor abs() => Aten.abs.Call(this);
        public Tensor acos() => Aten.acos.Call(this);
        public Tensor asin() => Aten.asin.Call(this);
        public Tensor atan() => Aten.atan.Call(this);
        public Tensor ceil() => Aten.ceil.Call(this);
        public Tensor cos() => Aten.cos.Call(this);
        public Tensor cosh() => Aten.cosh.Call(this);
        public Tensor erf() => Aten.erf.Call(this);
        public Tensor erfc() => Aten.erfc.Call(this);
        public Tensor erfinv() => Aten.erfinv.Call(this);
        public Tensor exp() => Aten.exp.Call(this);
        public Tensor exp2() => Aten.exp2.Call(this);
        public Tensor expm1() => Aten.expm1.Call(this);
        public Tensor floor() => Aten.floor.Call(this);
        public Tensor frac() => Aten.frac.Call(this);
        public Tensor lgamma() => Aten.lgamma.Call(this);
        public Tensor log() => Aten.log.Call(this);
        public Tensor log10() => Aten.log10.Call(this);
        public Tensor log1p() => Aten.log1p.Call(this);
        public Tensor log2() => Aten.log2.Call(this);
        public Tensor neg() => Aten.neg.Call(this);
        public Tensor reciprocal() => Aten.reciprocal.Call(this);
        public Tensor rsqrt() => Aten.rsqrt.Call(this);
        public Tensor sigmoid() => Aten.sigmoid.Call(this);
        public Tensor sign() => Aten.sign.Call(this);
        public Tensor sin() => Aten.sin.Call(this);
        public Tensor sinh() => Aten.sinh.Call(this);
        public Tensor sqrt() => Aten.sqrt.Call(this);
        public Tensor tan() => Aten.tan.Call(this);
        public Tensor tanh() => Aten.tanh.Call(this);
        public Tensor trunc() => Aten.trunc.Call(this);
        public Tensor relu() => Aten.relu.Call(this);
        public Tensor silu() => Aten.silu.Call(this);
        public Tensor logical_not() => Aten.logical_not.Call(this);
        public Tensor bitwise_not() => Aten.bitwise_not.Call(this);
        public Tensor square() => Aten.square.Call(this);
        public Tensor isnan() => Aten.isnan.Call(this);
        public Tensor isinf() => Aten.isinf.Call(this);
        public Tensor isfinite() => Aten.isfinite.Call(this);
        public Tensor isposinf() => Aten.isposinf.Call(this);
        public Tensor isneginf() => Aten.isneginf.Call(this);
        public Tensor negative() => neg();
        public Tensor absolute() => abs();

        public Tensor abs_() => Aten.abs_.Mutate(this, this);
        public Tensor acos_() => Aten.acos_.Mutate(this, this);
        public Tensor asin_() => Aten.asin_.Mutate(this, this);
        public Tensor atan_() => Aten.atan_.Mutate(this, this);
        public Tensor ceil_() => Aten.ceil_.Mutate(this, this);
        public Tensor cos_() => Aten.cos_.Mutate(this, this);
        public Tensor cosh_() => Aten.cosh_.Mutate(this, this);
        public Tensor erf_() => Aten.erf_.Mutate(this, this);
        public Tensor erfc_() => Aten.erfc_.Mutate(this, this);
        public Tensor erfinv_() => Aten.erfinv_.Mutate(this, this);
        public Tensor exp_() => Aten.exp_.Mutate(this, this);
        public Tensor exp2_() => Aten.exp2_.Mutate(this, this);
        public Tensor expm1_() => Aten.expm1_.Mutate(this, this);
        public Tensor floor_() => Aten.floor_.Mutate(this, this);
        public Tensor frac_() => Aten.frac_.Mutate(this, this);
        public Tensor lgamma_() => Aten.lgamma_.Mutate(this, this);
        public Tensor log_() => Aten.log_.Mutate(this, this);
        public Tensor log10_() => Aten.log10_.Mutate(this, this);
        public Tensor log1p_() => Aten.log1p_.Mutate(this, this);
        public Tensor log2_() => Aten.log2_.Mutate(this, this);
        public Tensor neg_() => Aten.neg_.Mutate(this, this);
        public Tensor reciprocal_() => Aten.reciprocal_.Mutate(this, this);
        public Tensor rsqrt_() => Aten.rsqrt_.Mutate(this, this);
        public Tensor sigmoid_() => Aten.sigmoid_.Mutate(this, this);
        public Tensor sign_() => Aten.sign_.Mutate(this, this);
        public Tensor sin_() => Aten.sin_.Mutate(this, this);
        public Tensor sinh_() => Aten.sinh_.Mutate(this, this);
        public Tensor sqrt_() => Aten.sqrt_.Mutate(this, this);
        public Tensor tan_() => Aten.tan_.Mutate(this, this);
        public Tensor tanh_() => Aten.tanh_.Mutate(this, this);
        public Tensor trunc_() => Aten.trunc_.Mutate(this, this);
        public Tensor relu_() => Aten.relu_.Mutate(this, this);
        public Tensor silu_() => Aten.silu_.Mutate(this, this);
        public Tensor logical_not_() => Aten.logical_not_.Mutate(this, this);
        public Tensor bitwise_not_() => Aten.bitwise_not_.Mutate(this, this);
    }
}
