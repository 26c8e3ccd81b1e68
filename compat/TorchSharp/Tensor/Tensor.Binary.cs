using TorchSharp.Bridge;

namespace TorchSharp;

/// <summary>Elementwise functions of several tensors and scalars, and their in-place forms.</summary>
public static partial class torch
{
    public partial class Tensor
    {
        public Tensor mul(Tensor target) => Aten.mul_Tensor.Call(this, target);
        public Tensor mul(Scalar target) => Aten.mul_Scalar.Call(this, target);
        public Tensor mul_(Tensor target) => Aten.mul__Tensor.Mutate(this, this, target);
        public Tensor mul_(Scalar target) => Aten.mul__Scalar.Mutate(this, this, target);

        public Tensor sub(Tensor target) => Aten.sub_Tensor.Call(this, target);
        public Tensor sub(Scalar target) => Aten.sub_Scalar.Call(this, target);
        public Tensor sub_(Tensor target) => Aten.sub__Tensor.Mutate(this, this, target);
        public Tensor sub_(Scalar target) => Aten.sub__Scalar.Mutate(this, this, target);

        public Tensor eq(Tensor target) => Aten.eq_Tensor.Call(this, target);
        public Tensor eq(Scalar target) => Aten.eq_Scalar.Call(this, target);
        public Tensor eq_(Tensor target) => Aten.eq__Tensor.Mutate(this, this, target);
        public Tensor eq_(Scalar target) => Aten.eq__Scalar.Mutate(this, this, target);

        public Tensor ne(Tensor target) => Aten.ne_Tensor.Call(this, target);
        public Tensor ne(Scalar target) => Aten.ne_Scalar.Call(this, target);
        public Tensor ne_(Tensor target) => Aten.ne__Tensor.Mutate(this, this, target);
        public Tensor ne_(Scalar target) => Aten.ne__Scalar.Mutate(this, this, target);

        public Tensor lt(Tensor target) => Aten.lt_Tensor.Call(this, target);
        public Tensor lt(Scalar target) => Aten.lt_Scalar.Call(this, target);
        public Tensor lt_(Tensor target) => Aten.lt__Tensor.Mutate(this, this, target);
        public Tensor lt_(Scalar target) => Aten.lt__Scalar.Mutate(this, this, target);

        public Tensor le(Tensor target) => Aten.le_Tensor.Call(this, target);
        public Tensor le(Scalar target) => Aten.le_Scalar.Call(this, target);
        public Tensor le_(Tensor target) => Aten.le__Tensor.Mutate(this, this, target);
        public Tensor le_(Scalar target) => Aten.le__Scalar.Mutate(this, this, target);

        public Tensor gt(Tensor target) => Aten.gt_Tensor.Call(this, target);
        public Tensor gt(Scalar target) => Aten.gt_Scalar.Call(this, target);
        public Tensor gt_(Tensor target) => Aten.gt__Tensor.Mutate(this, this, target);
        public Tensor gt_(Scalar target) => Aten.gt__Scalar.Mutate(this, this, target);

        public Tensor ge(Tensor target) => Aten.ge_Tensor.Call(this, target);
        public Tensor ge(Scalar target) => Aten.ge_Scalar.Call(this, target);
        public Tensor ge_(Tensor target) => Aten.ge__Tensor.Mutate(this, this, target);
        public Tensor ge_(Scalar target) => Aten.ge__Scalar.Mutate(this, this, target);

        public Tensor remainder(Tensor target) => Aten.remainder_Tensor.Call(this, target);
        public Tensor remainder(Scalar scalar) => Aten.remainder_Scalar.Call(this, scalar);
        public Tensor remainder_(Tensor target) => Aten.remainder__Tensor.Mutate(this, this, target);
        public Tensor remainder_(Scalar scalar) => Aten.remainder__Scalar.Mutate(this, this, scalar);

        public Tensor fmod(Tensor target) => Aten.fmod_Tensor.Call(this, target);
        public Tensor fmod(Scalar scalar) => Aten.fmod_Scalar.Call(this, scalar);
        public Tensor fmod_(Tensor target) => Aten.fmod__Tensor.Mutate(this, this, target);
        public Tensor fmod_(Scalar scalar) => Aten.fmod__Scalar.Mutate(this, this, scalar);

        public Tensor add(Tensor target) => Aten.add_Tensor.Call(this, target);
        public Tensor add(Tensor target, Scalar alpha) => Aten.add_Tensor.Call(this, target, alpha);
        public Tensor add(Scalar scalar) => Aten.add_Scalar.Call(this, scalar);
        public Tensor add(Scalar scalar, Scalar alpha) => Aten.add_Scalar.Call(this, scalar, alpha);
        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            Aten.div_Tensor_mode.Call(this, target, NameOf(rounding_mode));
        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            Aten.div_Scalar_mode.Call(this, target, NameOf(rounding_mode));
        public Tensor pow(Tensor exponent) => Aten.pow_Tensor_Tensor.Call(this, exponent);
        public Tensor pow(Scalar exponent) => Aten.pow_Tensor_Scalar.Call(this, exponent);
        public Tensor floor_divide(Tensor other) => Aten.floor_divide.Call(this, other);
        public Tensor floor_divide(Scalar other) => Aten.floor_divide_Scalar.Call(this, other);
        public Tensor logical_and(Tensor other) => Aten.logical_and.Call(this, other);
        public Tensor logical_or(Tensor other) => Aten.logical_or.Call(this, other);
        public Tensor logical_xor(Tensor other) => Aten.logical_xor.Call(this, other);
        public Tensor bitwise_and(Tensor other) => Aten.bitwise_and_Tensor.Call(this, other);
        public Tensor bitwise_or(Tensor other) => Aten.bitwise_or_Tensor.Call(this, other);
        public Tensor bitwise_xor(Tensor other) => Aten.bitwise_xor_Tensor.Call(this, other);
        public Tensor atan2(Tensor other) => Aten.atan2.Call(this, other);
        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Aten.clamp.Call(this, min, max);
        public Tensor clamp(Tensor? min = null, Tensor? max = null) => Aten.clamp_Tensor.Call(this, min, max);
        public Tensor clamp_min(Scalar min) => Aten.clamp_min.Call(this, min);
        public Tensor clamp_max(Scalar max) => Aten.clamp_max.Call(this, max);
        public Tensor lerp(Tensor end, Tensor weight) => Aten.lerp_Tensor.Call(this, end, weight);
        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.addcmul.Call(this, tensor1, tensor2, value);
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.addcdiv.Call(this, tensor1, tensor2, value);
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2) => Aten.addcdiv.Call(this, tensor1, tensor2);
        public Tensor xlogy(Tensor y) => Aten.xlogy_Tensor.Call(this, y);
        public Tensor nan_to_num(double nan = 0, double? posinf = null, double? neginf = null) =>
            Aten.nan_to_num.Call(this, nan, posinf, neginf);
        public Tensor round(long decimals = 0) => Aten.round_decimals.Call(this, decimals);

        public Tensor add_(Tensor target) => Aten.add__Tensor.Mutate(this, this, target);
        public Tensor add_(Tensor target, Scalar alpha) => Aten.add__Tensor.Mutate(this, this, target, alpha);
        public Tensor add_(Scalar scalar) => Aten.add__Scalar.Mutate(this, this, scalar);
        public Tensor add_(Scalar scalar, Scalar alpha) => Aten.add__Scalar.Mutate(this, this, scalar, alpha);
        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            Aten.div__Tensor_mode.Mutate(this, this, target, NameOf(rounding_mode));
        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            Aten.div__Scalar_mode.Mutate(this, this, target, NameOf(rounding_mode));
        public Tensor pow_(Tensor exponent) => Aten.pow__Tensor.Mutate(this, this, exponent);
        public Tensor pow_(Scalar exponent) => Aten.pow__Scalar.Mutate(this, this, exponent);
        public Tensor floor_divide_(Tensor other) => Aten.floor_divide__Tensor.Mutate(this, this, other);
        public Tensor floor_divide_(Scalar other) => Aten.floor_divide__Scalar.Mutate(this, this, other);
        public Tensor logical_and_(Tensor other) => Aten.logical_and_.Mutate(this, this, other);
        public Tensor logical_or_(Tensor other) => Aten.logical_or_.Mutate(this, this, other);
        public Tensor logical_xor_(Tensor other) => Aten.logical_xor_.Mutate(this, this, other);
        public Tensor bitwise_and_(Tensor other) => Aten.bitwise_and__Tensor.Mutate(this, this, other);
        public Tensor bitwise_or_(Tensor other) => Aten.bitwise_or__Tensor.Mutate(this, this, other);
        public Tensor bitwise_xor_(Tensor other) => Aten.bitwise_xor__Tensor.Mutate(this, this, other);
        public Tensor atan2_(Tensor other) => Aten.atan2_.Mutate(this, this, other);
        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => Aten.clamp_.Mutate(this, this, min, max);
        public Tensor clamp_(Tensor? min = null, Tensor? max = null) => Aten.clamp__Tensor.Mutate(this, this, min, max);
        public Tensor clamp_min_(Scalar min) => Aten.clamp_min_.Mutate(this, this, min);
        public Tensor clamp_max_(Scalar max) => Aten.clamp_max_.Mutate(this, this, max);
        public Tensor lerp_(Tensor end, Tensor weight) => Aten.lerp__Tensor.Mutate(this, this, end, weight);
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.addcmul_.Mutate(this, this, tensor1, tensor2, value);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.addcdiv_.Mutate(this, this, tensor1, tensor2, value);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => Aten.addcdiv_.Mutate(this, this, tensor1, tensor2);
        public Tensor xlogy_(Tensor y) => Aten.xlogy__Tensor.Mutate(this, this, y);
        public Tensor nan_to_num_(double nan = 0, double? posinf = null, double? neginf = null) =>
            Aten.nan_to_num_.Mutate(this, this, nan, posinf, neginf);
        public Tensor round_(long decimals = 0) => Aten.round__decimals.Mutate(this, this, decimals);

        public Tensor maximum(Tensor other) => Aten.maximum.Call(this, other);
        public Tensor minimum(Tensor other) => Aten.minimum.Call(this, other);
        public Tensor max(Tensor other) => maximum(other);
        public Tensor min(Tensor other) => minimum(other);
        public Tensor hypot(Tensor other) => Aten.hypot.Call(this, other);
        public Tensor logaddexp(Tensor other) => Aten.logaddexp.Call(this, other);
        public Tensor where(Tensor condition, Tensor y) => Aten.where_self.Call(condition, this, y);
        public Tensor equal(Tensor target) => eq(target);
        public Tensor isclose(Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false) =>
            Aten.isclose.Call(this, other, rtol, atol, nanEqual);

        /// <summary>True when every element agrees within the tolerances.</summary>
        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            Aten.allclose.CallBool(this, target, rtol, atol, equal_nan);

        private static string? NameOf(RoundingMode mode) => mode switch
        {
            RoundingMode.trunc => "trunc",
            RoundingMode.floor => "floor",
            _ => null,
        };
    }
}
