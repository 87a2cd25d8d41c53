function moving_average(array $values, int $window): array
{
    if ($window <= 0) {
        throw new InvalidArgumentException("Window must be positive, got $window");
    }
    $values = array_values($values);
    $averages = [];
    $sum = 0.0;
    foreach ($values as $i => $value) {
        $sum += $value;
        if ($i >= $window) {
            $sum -= $values[$i - $window];
        }
        if ($i >= $window - 1) {
            $averages[] = $sum / $window;
        }
    }
    return $averages;
}
